package simulator_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/cbscript/cbscript/client/simulator"
)

// BenchmarkStart is what a test pays for a server of its own.
func BenchmarkStart(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		s, err := simulator.Start(simulator.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPage makes pages of a hundred documents: of the story, and of generated processes; through the handler
// alone, and read by a client over TLS.
func BenchmarkPage(b *testing.B) {
	s, err := simulator.Start(simulator.Options{Bulk: 1_000_000, DisableHTTP2: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	handler, client := s.Handler(), httpClient(b, s, false)
	for _, bb := range []struct{ name, query string }{
		{"story", "q=process_name%3Asvchost.exe"}, {"bulk", "q=process_name%3Abulk.exe"}, {"all", "q="},
	} {
		path := "/api/v1/process?rows=100&sort=last_update+desc&" + bb.query + "&start="
		b.Run("handler/"+bb.name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, path+strconv.Itoa(n%50*100), nil)
				r.Header.Set("X-Auth-Token", s.Token())
				handler.ServeHTTP(discard{}, r)
				n++
			}
			b.ReportMetric(float64(n*100)/b.Elapsed().Seconds(), "docs/s")
		})
		for _, encoding := range []string{"identity", "gzip"} {
			b.Run("https/"+encoding+"/"+bb.name, func(b *testing.B) {
				n := 0
				for b.Loop() {
					r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, s.URL()+path+strconv.Itoa(n%50*100), nil)
					if err != nil {
						b.Fatal(err)
					}
					r.Header.Set("X-Auth-Token", s.Token())
					r.Header.Set("Accept-Encoding", encoding)
					resp, err := client.Do(r)
					if err != nil {
						b.Fatal(err)
					}
					if _, err := io.Copy(io.Discard, resp.Body); err != nil {
						b.Fatal(err)
					}
					resp.Body.Close()
					n++
				}
				b.ReportMetric(float64(n*100)/b.Elapsed().Seconds(), "docs/s")
			})
		}
	}
}

// discard is a response that goes nowhere.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}
