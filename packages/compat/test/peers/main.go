// Does what temporal-proxy's pkg/codec and the encryption sample of the Go SDK do, with the library by which the proxy wraps: a line of
// JSON in, a line of JSON out. Written for these tests from the description of the formats.
package main

import (
	"bufio"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"gocloud.dev/secrets"
	_ "gocloud.dev/secrets/localsecrets"
)

// Request says what to do with a payload: its protobuf to encode, or its fields to decode.
type Request struct {
	Format string // "temporal-proxy" or "samples"
	Op     string // "encode" or "decode"
	Key    string // the KEK's URI, or 32 bytes as text
	KeyID  string // of the sample
	Inner  []byte
	Outer  Payload
}

// Payload is one in clear text but for its data.
type Payload struct {
	KeyID string `json:"keyId"`
	DEK   string `json:"dek,omitempty"`
	Data  []byte `json:"data"`
}

// Answer is a payload, its protobuf, or an error.
type Answer struct {
	Outer *Payload `json:"outer,omitempty"`
	Inner []byte   `json:"inner,omitempty"`
	Error string   `json:"error,omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var request Request
		answer := &Answer{}
		err := json.Unmarshal(lines.Bytes(), &request)
		if err == nil {
			answer, err = do(context.Background(), request)
		}
		if err != nil {
			answer = &Answer{Error: err.Error()}
		}
		if err := out.Encode(answer); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func do(ctx context.Context, request Request) (*Answer, error) {
	if request.Format == "samples" {
		return sample(request)
	}
	uri := strings.Replace(request.Key, "testing://", "base64key://", 1)
	keeper, err := secrets.OpenKeeper(ctx, uri)
	if err != nil {
		return nil, err
	}
	defer keeper.Close()
	if request.Op == "encode" {
		dek := make([]byte, 32)
		rand.Read(dek)
		wrapped, err := keeper.Encrypt(ctx, dek)
		if err != nil {
			return nil, err
		}
		data, err := seal(dek, request.Inner)
		return &Answer{Outer: &Payload{KeyID: uri, DEK: base64.StdEncoding.EncodeToString(wrapped), Data: data}}, err
	}
	if request.Outer.KeyID != uri {
		return nil, errors.New("unknown key")
	}
	wrapped, err := base64.StdEncoding.DecodeString(request.Outer.DEK)
	if err != nil {
		return nil, err
	}
	dek, err := keeper.Decrypt(ctx, wrapped)
	if err != nil {
		return nil, err
	}
	if len(dek) != 32 {
		return nil, errors.New("invalid DEK")
	}
	inner, err := open(dek, request.Outer.Data)
	return &Answer{Inner: inner}, err
}

func sample(request Request) (*Answer, error) {
	if request.Op == "encode" {
		data, err := seal([]byte(request.Key), request.Inner)
		return &Answer{Outer: &Payload{KeyID: request.KeyID, Data: data}}, err
	}
	inner, err := open([]byte(request.Key), request.Outer.Data)
	return &Answer{Inner: inner}, err
}

func aead(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func seal(key, plaintext []byte) ([]byte, error) {
	gcm, err := aead(key)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, gcm.NonceSize())
	rand.Read(nonce)
	return gcm.Seal(nonce, nonce, plaintext, nil), nil
}

func open(key, data []byte) ([]byte, error) {
	gcm, err := aead(key)
	if err != nil {
		return nil, err
	}
	if len(data) < gcm.NonceSize() {
		return nil, errors.New("too short")
	}
	return gcm.Open(nil, data[:gcm.NonceSize()], data[gcm.NonceSize():], nil)
}
