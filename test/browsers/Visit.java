import java.net.URI;
import java.net.http.*;

/** One request of Java's own HTTP client; run from source by `java Visit.java URL [USER-AGENT]`. */
public class Visit {
  public static void main(String[] given) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(given[0]));
    if (given.length > 1 && !given[1].isEmpty()) request.header("User-Agent", given[1]);
    HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.discarding());
  }
}
