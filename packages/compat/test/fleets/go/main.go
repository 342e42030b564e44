// A client and a Worker of the Go SDK, as an application has them that encrypts by a codec of its own, constructed as in the SDK's
// encryption sample. Written for these tests from the description of the format.
//
// Runs two workflows to their ends, and starts a third for a Worker elsewhere.
package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

func echo(_ context.Context, value string) (string, error) {
	return value, nil
}

func order(ctx workflow.Context, card string) ([]string, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 30 * time.Second})
	var first, told string
	if err := workflow.ExecuteActivity(ctx, "echo", card).Get(ctx, &first); err != nil {
		return nil, err
	}
	workflow.GetSignalChannel(ctx, "tell").Receive(ctx, &told)
	return []string{first, told}, nil
}

func failing(_ workflow.Context, value string) error {
	return temporal.NewNonRetryableApplicationError("It says "+value, "ApplicationError", nil, value)
}

// converterOf gives what a name stands for: "samples", with one key for all; "context", as the sample has it; or "remote", which asks
// a Codec Server, whose address stands in the place of the key.
func converterOf(codec, key string) (converter.DataConverter, error) {
	inner := converter.GetDefaultDataConverter()
	if codec == "remote" {
		server := converter.RemotePayloadCodecOptions{Endpoint: key, Client: http.Client{Timeout: 10 * time.Second}}
		return converter.NewCodecDataConverter(inner, converter.NewRemotePayloadCodec(server)), nil
	}
	aead, err := aeadOf(key)
	if err != nil {
		return nil, err
	}
	switch codec {
	case "samples":
		return converter.NewCodecDataConverter(inner, sampleCodec{aead, "test-key-id"}), nil
	case "context":
		return newByContext(aead, ""), nil
	}
	return nil, fmt.Errorf("there is no codec %q", codec)
}

func aeadOf(text string) (cipher.AEAD, error) {
	key, err := hex.DecodeString(text)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

type arguments struct{ address, namespace, queue, elsewhere, codec, key, prefix, card string }

func run(ctx context.Context, given arguments) error {
	data, err := converterOf(given.codec, given.key)
	if err != nil {
		return err
	}
	errorsOnly := slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})
	connected, err := client.DialContext(ctx, client.Options{
		HostPort:      given.address,
		Namespace:     given.namespace,
		Logger:        log.NewStructuredLogger(slog.New(errorsOnly)),
		DataConverter: data,
		FailureConverter: temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
			DataConverter:          data,
			EncodeCommonAttributes: true,
		}),
		ContextPropagators: []workflow.ContextPropagator{propagator{}},
	})
	if err != nil {
		return err
	}
	defer connected.Close()
	// Which key it is, the contexts of this Worker's executions tell; that of the third tells nothing.
	told := ctx
	if given.codec == "context" {
		told = context.WithValue(ctx, contextKey{}, "test")
	}
	start := func(ctx context.Context, name, id, queue string) (client.WorkflowRun, error) {
		options := client.StartWorkflowOptions{
			ID:        given.prefix + "-" + id,
			TaskQueue: queue,
			Memo:      map[string]any{"note": given.card},
		}
		return connected.ExecuteWorkflow(ctx, options, name, given.card)
	}
	tell := func(ctx context.Context, id string) error {
		return connected.SignalWorkflow(ctx, given.prefix+"-"+id, "", "tell", "told-"+given.card)
	}

	worked := worker.New(connected, given.queue, worker.Options{})
	worked.RegisterWorkflowWithOptions(order, workflow.RegisterOptions{Name: "order"})
	worked.RegisterWorkflowWithOptions(failing, workflow.RegisterOptions{Name: "failing"})
	worked.RegisterActivityWithOptions(echo, activity.RegisterOptions{Name: "echo"})
	if err := worked.Start(); err != nil {
		return err
	}
	defer worked.Stop()
	done, err := start(told, "order", "done", given.queue)
	if err != nil {
		return err
	}
	if err := tell(told, "done"); err != nil {
		return err
	}
	if err := done.Get(ctx, nil); err != nil {
		return err
	}
	failed, err := start(told, "failing", "failed", given.queue)
	if err != nil {
		return err
	}
	var asMeant *temporal.WorkflowExecutionError
	if err := failed.Get(ctx, nil); !errors.As(err, &asMeant) {
		return fmt.Errorf("the workflow that fails has ended with %w", err)
	}
	if _, err := start(ctx, "order", "open", given.elsewhere); err != nil {
		return err
	}
	return tell(ctx, "open")
}

func main() {
	if len(os.Args) != 9 {
		fmt.Fprintln(os.Stderr, "give address, namespace, queue, elsewhere, codec, key, prefix and card")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Second)
	defer cancel()
	a := os.Args[1:]
	if err := run(ctx, arguments{a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
