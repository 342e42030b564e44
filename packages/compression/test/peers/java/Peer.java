import com.google.protobuf.InvalidProtocolBufferException;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.ZlibPayloadCodec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Base64;
import java.util.List;

/**
 * Encodes and decodes payloads by the zlib codec of Temporal's Java SDK. Each line of its input is a verb ("encode", "decode") and a
 * serialized Payload in base64; each line of its output is the serialized outcome in base64, or "error".
 */
public class Peer {
  public static void main(String[] arguments) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] parts = line.split(" ", 2);
      String answer;
      try {
        answer = run(parts[0], parts[1]);
      } catch (RuntimeException | InvalidProtocolBufferException e) {
        answer = "error";
      }
      System.out.println(answer);
    }
  }

  private static String run(String verb, String text) throws InvalidProtocolBufferException {
    ZlibPayloadCodec codec = new ZlibPayloadCodec();
    List<Payload> payloads = List.of(Payload.parseFrom(Base64.getDecoder().decode(text)));
    List<Payload> done = verb.equals("decode") ? codec.decode(payloads) : codec.encode(payloads);
    return Base64.getEncoder().encodeToString(done.get(0).toByteArray());
  }
}
