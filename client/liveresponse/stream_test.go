package liveresponse_test

import (
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/client/response"
)

// large is a server whose endpoint has a file of 200 MB, and takes one.
type large struct{ uploaded *int64 }

const largeSize = 200 << 20

func (large) URL() *url.URL { return &url.URL{Scheme: "https", Host: "cb.example"} }

func (l large) RoundTrip(req *http.Request) (*http.Response, error) {
	answer := func(size int64, body io.Reader) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: size, Body: io.NopCloser(body), Request: req}, nil
	}
	text := `{"id": 1, "status": "active", "sensor_id": 11}`
	switch {
	case strings.HasSuffix(req.URL.Path, "/content"):
		return answer(largeSize, io.LimitReader(zeros{}, largeSize))
	case strings.HasSuffix(req.URL.Path, "/file"):
		n, err := io.Copy(io.Discard, req.Body)
		*l.uploaded += n
		if err != nil {
			return nil, err
		}
	case strings.Contains(req.URL.Path, "/command/"):
		text = `{"status": "complete", "file_id": 1}`
	case strings.HasSuffix(req.URL.Path, "/info"):
		text = `{"version": "5.2.0"}`
	case strings.HasSuffix(req.URL.Path, "/session") && req.Method == http.MethodGet:
		text = `[]`
	}
	return answer(int64(len(text)), strings.NewReader(text))
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// plain hides what else a reader can do.
type plain struct{ io.Reader }

// TestLargeFiles holds that what is allocated does not grow with the file.
func TestLargeFiles(t *testing.T) {
	const allowed = 4 << 20
	var uploaded int64
	s := open(t, response.New(large{&uploaded}), workstation)
	for name, transfer := range map[string]func() (int64, error){
		"get": func() (int64, error) {
			file, err := s.GetRawFile(t.Context(), `c:\pagefile.sys`, liveresponse.Poll{})
			if err != nil {
				return 0, err
			}
			defer file.Close()
			return io.Copy(plainWriter{}, file)
		},
		"put": func() (int64, error) {
			err := s.PutFile(t.Context(), plain{io.LimitReader(zeros{}, largeSize)}, `c:\x.bin`)
			return uploaded, err
		},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		n, err := transfer()
		runtime.ReadMemStats(&after)
		if err != nil || n < largeSize {
			t.Errorf("%s: %d bytes, %v", name, n, err)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > allowed {
			t.Errorf("%s allocates %d bytes, want at most %d", name, got, allowed)
		}
	}
}

type plainWriter struct{}

func (plainWriter) Write(p []byte) (int, error) { return len(p), nil }

func BenchmarkGetRawFile(b *testing.B) {
	var uploaded int64
	s := open(b, response.New(large{&uploaded}), workstation)
	b.ReportAllocs()
	b.SetBytes(largeSize)
	for b.Loop() {
		file, err := s.GetRawFile(b.Context(), `c:\pagefile.sys`, liveresponse.Poll{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(plainWriter{}, file); err != nil {
			b.Fatal(err)
		}
		file.Close()
	}
}
