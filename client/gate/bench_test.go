package gate_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/cbscript/cbscript/client/gate"
)

// BenchmarkRoundTrip compares a page of results through the gate with the same through a bare transport.
func BenchmarkRoundTrip(b *testing.B) {
	page := bytes.Repeat([]byte(`{"process_name": "net.exe"},`), 10000)
	server, p := serve(b, func(w http.ResponseWriter, _ *http.Request) { w.Write(page) })
	bare := server.Client().Transport.(*http.Transport).Clone()
	bare.ReadBufferSize = 64 << 10
	for name, transport := range map[string]http.RoundTripper{"gate": open(b, p), "bare": bare} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(page)))
			for b.Loop() {
				resp, err := transport.RoundTrip(request(b, "GET", p.URL+"/", ""))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, resp.Body); err != nil {
					b.Fatal(err)
				}
				resp.Body.Close()
			}
		})
	}
}

// BenchmarkNew is what opening a gate costs.
func BenchmarkNew(b *testing.B) {
	p := profileOf(b, memoryURL, "")
	b.ReportAllocs()
	for b.Loop() {
		g, err := gate.New(p)
		if err != nil {
			b.Fatal(err)
		}
		g.Close()
	}
}
