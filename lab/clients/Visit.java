import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Visit LIBRARY USER-AGENT PAUSE-MS URL...; OkHttp by reflection, so that its jars are needed only to use it. */
public class Visit {
  public static void main(String[] given) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    Object ok = given[0].equals("okhttp") ? Class.forName("okhttp3.OkHttpClient").getConstructor().newInstance() : null;
    for (int index = 3; index < given.length; index++) {
      if (index > 3) Thread.sleep(Long.parseLong(given[2]));
      try {
        if (given[0].equals("url")) viaUrl(given[index], given[1]);
        else if (ok != null) viaOk(ok, given[index], given[1]);
        else {
          HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(given[index]));
          if (!given[1].isEmpty()) request.header("User-Agent", given[1]);
          client.send(request.build(), HttpResponse.BodyHandlers.discarding());
        }
      } catch (Exception error) {
        System.err.println(error);
      }
    }
    System.exit(0);
  }

  static void viaUrl(String url, String agent) throws Exception {
    HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
    if (!agent.isEmpty()) connection.setRequestProperty("User-Agent", agent);
    connection.getInputStream().readAllBytes();
  }

  static void viaOk(Object client, String url, String agent) throws Exception {
    Class<?> builderClass = Class.forName("okhttp3.Request$Builder");
    Object builder = builderClass.getConstructor().newInstance();
    builderClass.getMethod("url", String.class).invoke(builder, url);
    if (!agent.isEmpty()) builderClass.getMethod("header", String.class, String.class).invoke(builder, "User-Agent", agent);
    Object request = builderClass.getMethod("build").invoke(builder);
    Object call = client.getClass().getMethod("newCall", Class.forName("okhttp3.Request")).invoke(client, request);
    Object answer = Class.forName("okhttp3.Call").getMethod("execute").invoke(call);
    Object body = answer.getClass().getMethod("body").invoke(answer);
    body.getClass().getMethod("string").invoke(body);
  }
}
