package check_test

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const (
	lowerHex = "0123456789abcdef"
	upperHex = "0123456789ABCDEF"
	capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	alnum    = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	base32   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	bech32   = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
)

// generator makes values that look like credentials and are none.
type generator struct{ *rand.Rand }

func newGenerator(seed uint64) generator { return generator{rand.New(rand.NewPCG(seed, 7))} }

// of gives n characters of an alphabet. Eight or more of one with digits and letters have both.
func (g generator) of(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[g.IntN(len(alphabet))]
	}
	if n >= 8 && strings.Contains(alphabet, "0") && strings.ContainsAny(alphabet, "aA") {
		b[1], b[3] = "23456789"[g.IntN(8)], alphabet[strings.IndexAny(alphabet, "aA")]
	}
	return string(b)
}

func (g generator) guid(version byte) string {
	h := []byte(g.of(lowerHex, 32))
	h[12], h[16] = version, "89ab"[g.IntN(4)]
	return fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:])
}

// make gives a value of a kind: hex40, HEX40, guid, GUID, half, conn, key, pem, or an alphabet and a length.
func (g generator) make(t testing.TB, kind string) string {
	switch kind {
	case "guid":
		return g.guid('4')
	case "GUID":
		return strings.ToUpper(g.guid('4'))
	case "guid1":
		return g.guid('1')
	case "half":
		return g.of(capitals, 24)
	case "conn":
		return g.of(capitals, 10)
	case "key":
		return g.of(capitals, 24) + "/" + g.of(capitals, 10)
	case "pem":
		return base64.StdEncoding.EncodeToString([]byte(g.of(alnum, 48)))
	}
	name := strings.TrimRight(kind, "0123456789")
	n, err := strconv.Atoi(kind[len(name):])
	alphabet := map[string]string{"hex": lowerHex, "HEX": upperHex, "alnum": alnum, "up": capitals, "b": base32,
		"digit": "0123456789", "bech": bech32, "low": "abcdefghijklmnopqrstuvwxyz"}[name]
	if err != nil || alphabet == "" {
		t.Fatalf("no kind %q", kind)
	}
	if name == "digit" {
		return strconv.Itoa(1+g.IntN(9)) + g.of(alphabet, n)[1:]
	}
	return g.of(alphabet, n)
}

var hole = regexp.MustCompile(`\{\{(\w+)\}\}`)

// fill replaces {{kind}} in a script by a new value each time.
func (g generator) fill(t testing.TB, script string) string {
	return hole.ReplaceAllStringFunc(script, func(h string) string { return g.make(t, h[2:len(h)-2]) })
}
