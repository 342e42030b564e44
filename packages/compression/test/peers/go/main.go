// Encodes and decodes payloads by the zlib codec of Temporal's Go SDK. Each line of its input is a verb ("encode", "always", "decode")
// and a serialized Payload in base64; each line of its output is the serialized outcome in base64, or "error".
package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"
)

func run(verb, text string) (string, error) {
	bytes, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", err
	}
	payload := &commonpb.Payload{}
	if err := proto.Unmarshal(bytes, payload); err != nil {
		return "", err
	}
	codec := converter.NewZlibCodec(converter.ZlibCodecOptions{AlwaysEncode: verb == "always"})
	call := codec.Encode
	if verb == "decode" {
		call = codec.Decode
	}
	payloads, err := call([]*commonpb.Payload{payload})
	if err != nil {
		return "", err
	}
	out, err := proto.MarshalOptions{Deterministic: true}.Marshal(payloads[0])
	return base64.StdEncoding.EncodeToString(out), err
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		verb, text, _ := strings.Cut(lines.Text(), " ")
		answer, err := run(verb, text)
		if err != nil {
			answer = "error"
		}
		fmt.Println(answer)
	}
}
