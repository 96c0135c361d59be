package along_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/internal/along"
	"github.com/cbscript/cbscript/client/unzip"
)

// answer makes an answer with a body, of an announced length or of none.
func answer(body io.Reader, length int64) *http.Response {
	return &http.Response{Body: io.NopCloser(body), ContentLength: length}
}

func archive(t *testing.T, method uint16, name, data string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
	if err == nil {
		_, err = io.WriteString(w, data)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReadingAlong(t *testing.T) {
	data := strings.Repeat("0123456789", 20_000)
	packed := archive(t, zip.Deflate, "a", data)
	for _, test := range []struct {
		name   string
		body   io.Reader
		length int64
		read   int64 // how much of the body is read; -1 for all
		want   []string
	}{
		{"whole", strings.NewReader("abc"), -1, -1, []string{"text abc", hashed("hash", "abc")}},
		{"empty", strings.NewReader(""), -1, -1, []string{"text ", hashed("hash", "")}},
		{"as much as was announced", strings.NewReader("abc"), 3, 3, []string{"text abc", hashed("hash", "abc")}},
		{"not to its end", strings.NewReader("abc"), -1, 3, nil},
		{"a part", strings.NewReader("abc"), 3, 2, nil},
		{"a body that breaks off", io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(errors.New("broken"))), -1, -1, nil},
		{"an archive", strings.NewReader(packed), -1, -1, []string{hashed("part", data), "text " + packed, hashed("hash", packed)}},
		{"an archive that arrives byte by byte", iotest.OneByteReader(strings.NewReader(packed)), int64(len(packed)), -1, []string{hashed("part", data), "text " + packed, hashed("hash", packed)}},
		{"an archive of which the directory is not read", strings.NewReader(packed), -1, int64(len(packed) - 60), []string{hashed("part", data)}},
		{"an archive that ends early", strings.NewReader(packed[:len(packed)/2]), -1, -1,
			[]string{"text " + packed[:len(packed)/2], hashed("hash", packed[:len(packed)/2])}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			sum := func(what string) func(sum [32]byte, size int64) {
				return func(sum [32]byte, size int64) { got = append(got, fmt.Sprintf("%s %x %d", what, sum, size)) }
			}
			resp := answer(test.body, test.length)
			resp.Body = along.Text(resp, func(text []byte) { got = append(got, "text "+string(text)) })
			resp.Body = along.Hash(resp, sum("hash"))
			resp.Body = along.HashOf(resp, func(r io.Reader) (io.Reader, error) { return unzip.First(r) }, sum("part"))
			if test.read < 0 {
				_, _ = io.Copy(io.Discard, resp.Body) // an error of the body is its reader's
			} else if _, err := io.CopyN(io.Discard, resp.Body, test.read); err != nil {
				t.Fatal(err)
			}
			if err := resp.Body.Close(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func hashed(what, data string) string {
	return fmt.Sprintf("%s %x %d", what, sha256.Sum256([]byte(data)), len(data))
}

func TestRecent(t *testing.T) {
	r := along.NewRecent[string, int](2)
	for i, key := range []string{"a", "b", "a", "c", "d"} {
		r.Put(key, i)
	}
	got := map[string]int{}
	for _, key := range []string{"a", "b", "c", "d"} {
		if v, ok := r.Get(key); ok {
			got[key] = v
		}
	}
	if diff := cmp.Diff(map[string]int{"c": 3, "d": 4}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// BenchmarkHash is what reading along costs for each megabyte.
func BenchmarkHash(b *testing.B) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		resp := answer(bytes.NewReader(data), int64(len(data)))
		_, _ = io.Copy(io.Discard, along.Hash(resp, func([32]byte, int64) {}))
	}
}
