import com.google.protobuf.ByteString;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.common.v1.Payload;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.failure.ApplicationFailure;
import io.temporal.payload.codec.PayloadCodec;
import io.temporal.payload.codec.PayloadCodecException;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A client and a Worker of the Java SDK, as an application has them that encrypts by a codec of its own, constructed as in the SDK's
 * encryption sample. Written for these tests from the description of the format.
 *
 * <p>Runs two workflows to their ends, and starts a third for a Worker elsewhere.
 */
public class Fleet {
  /** Encrypts whole payloads under the bytes of the key ID that it writes beside each. */
  static final class SampleCodec implements PayloadCodec {
    private static final String ENCODING = "binary/encrypted";
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;

    private final SecureRandom random = new SecureRandom();
    private final ByteString keyId;

    SampleCodec(byte[] keyId) {
      this.keyId = ByteString.copyFrom(keyId);
    }

    @Override
    public List<Payload> encode(List<Payload> payloads) {
      return payloads.stream().map(this::seal).collect(Collectors.toList());
    }

    @Override
    public List<Payload> decode(List<Payload> payloads) {
      return payloads.stream().map(this::open).collect(Collectors.toList());
    }

    private Payload seal(Payload payload) {
      byte[] nonce = new byte[NONCE_BYTES];
      random.nextBytes(nonce);
      byte[] sealed = crypt(Cipher.ENCRYPT_MODE, keyId, nonce, payload.toByteArray());
      return Payload.newBuilder()
          .putMetadata("encoding", ByteString.copyFromUtf8(ENCODING))
          .putMetadata("encryption-cipher", ByteString.copyFromUtf8(CIPHER))
          .putMetadata("encryption-key-id", keyId)
          .setData(ByteString.copyFrom(nonce).concat(ByteString.copyFrom(sealed)))
          .build();
    }

    private Payload open(Payload payload) {
      if (!ENCODING.equals(payload.getMetadataOrDefault("encoding", ByteString.EMPTY).toStringUtf8())) {
        return payload;
      }
      byte[] data = payload.getData().toByteArray();
      byte[] nonce = Arrays.copyOf(data, NONCE_BYTES);
      byte[] sealed = Arrays.copyOfRange(data, NONCE_BYTES, data.length);
      try {
        ByteString itsKey = payload.getMetadataOrThrow("encryption-key-id");
        return Payload.parseFrom(crypt(Cipher.DECRYPT_MODE, itsKey, nonce, sealed));
      } catch (com.google.protobuf.InvalidProtocolBufferException e) {
        throw new PayloadCodecException(e);
      }
    }

    private static byte[] crypt(int mode, ByteString key, byte[] nonce, byte[] data) {
      try {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, new SecretKeySpec(key.toByteArray(), "AES"), new GCMParameterSpec(128, nonce));
        return cipher.doFinal(data);
      } catch (GeneralSecurityException e) {
        throw new PayloadCodecException(e);
      }
    }
  }

  @ActivityInterface
  public interface Activities {
    @ActivityMethod(name = "echo")
    String echo(String value);
  }

  @WorkflowInterface
  public interface Order {
    @WorkflowMethod(name = "order")
    List<String> run(String card);

    @SignalMethod(name = "tell")
    void tell(String value);
  }

  public static class OrderWorkflow implements Order {
    private final Activities activities =
        Workflow.newActivityStub(
            Activities.class,
            ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofSeconds(30)).build());
    private String told;

    @Override
    public List<String> run(String card) {
      String first = activities.echo(card);
      Workflow.await(() -> told != null);
      return List.of(first, told);
    }

    @Override
    public void tell(String value) {
      told = value;
    }
  }

  @WorkflowInterface
  public interface Failing {
    @WorkflowMethod(name = "failing")
    void run(String value);
  }

  public static class FailingWorkflow implements Failing {
    @Override
    public void run(String value) {
      throw ApplicationFailure.newNonRetryableFailure("It says " + value, "ApplicationError", value);
    }
  }

  private final WorkflowClient client;
  private final String prefix;
  private final String card;

  Fleet(WorkflowClient client, String prefix, String card) {
    this.client = client;
    this.prefix = prefix;
    this.card = card;
  }

  private WorkflowStub start(String type, String id, String queue) {
    WorkflowOptions options =
        WorkflowOptions.newBuilder()
            .setWorkflowId(prefix + "-" + id)
            .setTaskQueue(queue)
            .setMemo(Map.of("note", card))
            .build();
    WorkflowStub started = client.newUntypedWorkflowStub(type, options);
    started.start(card);
    return started;
  }

  private void run(String queue, String elsewhere) {
    WorkerFactory factory = WorkerFactory.newInstance(client);
    Worker worker = factory.newWorker(queue);
    worker.registerWorkflowImplementationTypes(OrderWorkflow.class, FailingWorkflow.class);
    worker.registerActivitiesImplementations((Activities) value -> value);
    factory.start();
    WorkflowStub done = start("order", "done", queue);
    done.signal("tell", "told-" + card);
    done.getResult(List.class);
    WorkflowStub failed = start("failing", "failed", queue);
    try {
      failed.getResult(Void.class);
      throw new IllegalStateException("the workflow that fails has not failed");
    } catch (WorkflowFailedException asMeant) {
      // It is read by a client of Waxseal.
    }
    start("order", "open", elsewhere).signal("tell", "told-" + card);
    factory.shutdownNow();
    factory.awaitTermination(10, TimeUnit.SECONDS);
  }

  public static void main(String[] given) {
    if (given.length != 8 || !given[4].equals("samples")) {
      System.err.println("give address, namespace, queue, elsewhere, \"samples\", key, prefix and card");
      System.exit(2);
    }
    WorkflowServiceStubs service =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(given[0]).build());
    SampleCodec codec = new SampleCodec(HexFormat.of().parseHex(given[5]));
    // As the sample; the last says that messages and stack traces of errors are encoded too.
    CodecDataConverter converter =
        new CodecDataConverter(DefaultDataConverter.newDefaultInstance(), List.of(codec), true);
    WorkflowClientOptions options =
        WorkflowClientOptions.newBuilder().setNamespace(given[1]).setDataConverter(converter).build();
    int status = 0;
    try {
      new Fleet(WorkflowClient.newInstance(service, options), given[6], given[7]).run(given[2], given[3]);
    } catch (RuntimeException e) {
      e.printStackTrace();
      status = 1;
    }
    // Threads that the SDK leaves would keep the process.
    System.exit(status);
  }
}
