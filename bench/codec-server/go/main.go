// Command go-codec-server serves the Codec Server handler of Temporal's Go SDK with an AES-256-GCM codec, for
// bench/codec-server.mjs. It prints its address and a request body as JSON, and serves until it is ended.
//
// Usage: go-codec-server <payloads in a request> <bytes of each>
package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

const encoding = "binary/encrypted"

// aesCodec encrypts each payload, as protobuf, under one key with a random nonce in front.
type aesCodec struct{ aead cipher.AEAD }

func newAESCodec() (*aesCodec, error) {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &aesCodec{aead}, err
}

func (c *aesCodec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	sealed := make([]*commonpb.Payload, len(payloads))
	for i, payload := range payloads {
		plain, err := proto.Marshal(payload)
		if err != nil {
			return nil, err
		}
		nonce := make([]byte, c.aead.NonceSize(), c.aead.NonceSize()+len(plain)+c.aead.Overhead())
		if _, err := rand.Read(nonce); err != nil {
			return nil, err
		}
		sealed[i] = &commonpb.Payload{
			Metadata: map[string][]byte{converter.MetadataEncoding: []byte(encoding), "encryption-key-id": []byte("bench")},
			Data:     c.aead.Seal(nonce, nonce, plain, nil),
		}
	}
	return sealed, nil
}

func (c *aesCodec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	opened := make([]*commonpb.Payload, len(payloads))
	for i, payload := range payloads {
		if string(payload.Metadata[converter.MetadataEncoding]) != encoding {
			opened[i] = payload
			continue
		}
		size := c.aead.NonceSize()
		if len(payload.Data) < size {
			return nil, errors.New("a payload is too short")
		}
		plain, err := c.aead.Open(nil, payload.Data[:size], payload.Data[size:], nil)
		if err != nil {
			return nil, err
		}
		opened[i] = &commonpb.Payload{}
		if err := proto.Unmarshal(plain, opened[i]); err != nil {
			return nil, err
		}
	}
	return opened, nil
}

func run(count, bytes int) error {
	runtime.GOMAXPROCS(1)
	codec, err := newAESCodec()
	if err != nil {
		return err
	}
	order, err := json.Marshal(map[string]string{"card": "4111111111111234", "note": strings.Repeat("x", bytes-40)})
	if err != nil {
		return err
	}
	plain := make([]*commonpb.Payload, count)
	for i := range plain {
		plain[i] = &commonpb.Payload{
			Metadata: map[string][]byte{converter.MetadataEncoding: []byte("json/plain")},
			Data:     order,
		}
	}
	sealed, err := codec.Encode(plain)
	if err != nil {
		return err
	}
	body, err := protojson.Marshal(&commonpb.Payloads{Payloads: sealed})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	line, err := json.Marshal(map[string]string{"url": "http://" + listener.Addr().String(), "body": string(body)})
	if err != nil {
		return err
	}
	fmt.Println(string(line))
	return http.Serve(listener, converter.NewPayloadCodecHTTPHandler(codec))
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: go-codec-server <payloads in a request> <bytes of each>")
	}
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	bytes, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(run(count, bytes))
}
