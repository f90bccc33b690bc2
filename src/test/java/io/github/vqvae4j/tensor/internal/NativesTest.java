package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** The platforms of {@link Natives}, and its messages. */
class NativesTest {
  @Test
  void platformsAreThoseOfThePom() throws Exception {
    Document pom =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new File("pom.xml"));
    String path = "//profile[dependencies]/id[not(starts-with(., 'javacpp.platform-'))]";
    NodeList ids =
        (NodeList)
            XPathFactory.newInstance().newXPath().evaluate(path, pom, XPathConstants.NODESET);
    assertEquals(
        IntStream.range(0, ids.getLength()).mapToObj(i -> ids.item(i).getTextContent()).toList(),
        Natives.PLATFORMS);
  }

  @Test
  void aCauseWithoutAMessageIsNamed() {
    Throwable failure = new ExceptionInInitializerError(new UnsatisfiedLinkError());
    String problem = Natives.problem(Natives.PLATFORMS.get(0), List.of(), failure);
    assertTrue(problem.contains("(java.lang.UnsatisfiedLinkError)"), problem);
  }
}
