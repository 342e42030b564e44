package main

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"errors"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"
)

const encrypted = "binary/encrypted"

// sampleCodec encrypts whole payloads under one key, and writes an ID beside each.
type sampleCodec struct {
	aead  cipher.AEAD
	keyID string
}

func (c sampleCodec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return each(payloads, func(payload *commonpb.Payload) (*commonpb.Payload, error) {
		plaintext, err := proto.Marshal(payload)
		if err != nil {
			return nil, err
		}
		nonce := make([]byte, c.aead.NonceSize())
		rand.Read(nonce)
		return &commonpb.Payload{
			Metadata: map[string][]byte{
				converter.MetadataEncoding: []byte(encrypted),
				"encryption-key-id":        []byte(c.keyID),
			},
			Data: c.aead.Seal(nonce, nonce, plaintext, nil),
		}, nil
	})
}

func (c sampleCodec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return each(payloads, func(payload *commonpb.Payload) (*commonpb.Payload, error) {
		if string(payload.GetMetadata()[converter.MetadataEncoding]) != encrypted {
			return payload, nil
		}
		size := c.aead.NonceSize()
		if len(payload.Data) < size {
			return nil, errors.New("too short for a nonce")
		}
		plaintext, err := c.aead.Open(nil, payload.Data[:size], payload.Data[size:], nil)
		if err != nil {
			return nil, err
		}
		inner := &commonpb.Payload{}
		return inner, proto.Unmarshal(plaintext, inner)
	})
}

func each(
	payloads []*commonpb.Payload,
	do func(*commonpb.Payload) (*commonpb.Payload, error),
) ([]*commonpb.Payload, error) {
	done := make([]*commonpb.Payload, len(payloads))
	for index, payload := range payloads {
		var err error
		if done[index], err = do(payload); err != nil {
			return nil, err
		}
	}
	return done, nil
}

// byContext compresses and encrypts, and takes the key's ID from the context: it is empty where the SDK hands none over.
type byContext struct {
	converter.DataConverter
	aead cipher.AEAD
}

func newByContext(aead cipher.AEAD, keyID string) *byContext {
	zlib := converter.NewZlibCodec(converter.ZlibCodecOptions{AlwaysEncode: true})
	inner := converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), sampleCodec{aead, keyID}, zlib)
	return &byContext{inner, aead}
}

func (c *byContext) WithContext(ctx context.Context) converter.DataConverter {
	return c.of(ctx.Value(contextKey{}))
}

func (c *byContext) WithWorkflowContext(ctx workflow.Context) converter.DataConverter {
	return c.of(ctx.Value(contextKey{}))
}

func (c *byContext) of(value any) converter.DataConverter {
	if keyID, ok := value.(string); ok {
		return newByContext(c.aead, keyID)
	}
	return c
}

type contextKey struct{}

const header = "key-id"

// propagator hands the key's ID on from contexts to headers and back.
type propagator struct{}

func (propagator) Inject(ctx context.Context, writer workflow.HeaderWriter) error {
	return inject(ctx.Value(contextKey{}), writer)
}

func (propagator) InjectFromWorkflow(ctx workflow.Context, writer workflow.HeaderWriter) error {
	return inject(ctx.Value(contextKey{}), writer)
}

func (propagator) Extract(ctx context.Context, reader workflow.HeaderReader) (context.Context, error) {
	keyID, err := extract(reader)
	if keyID == "" || err != nil {
		return ctx, err
	}
	return context.WithValue(ctx, contextKey{}, keyID), nil
}

func (propagator) ExtractToWorkflow(ctx workflow.Context, reader workflow.HeaderReader) (workflow.Context, error) {
	keyID, err := extract(reader)
	if keyID == "" || err != nil {
		return ctx, err
	}
	return workflow.WithValue(ctx, contextKey{}, keyID), nil
}

func inject(value any, writer workflow.HeaderWriter) error {
	if value == nil {
		return nil
	}
	payload, err := converter.GetDefaultDataConverter().ToPayload(value)
	if err == nil {
		writer.Set(header, payload)
	}
	return err
}

func extract(reader workflow.HeaderReader) (keyID string, err error) {
	if payload, ok := reader.Get(header); ok {
		err = converter.GetDefaultDataConverter().FromPayload(payload, &keyID)
	}
	return keyID, err
}
