package events_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/cbscript/cbscript/client/jsondoc"
	"github.com/cbscript/cbscript/client/response/events"
	"github.com/cbscript/cbscript/client/simulator"
)

// TestSimulator decodes the events of the demo server's processes, in each version of the route in turn. The server's forms are
// written from the contract by other hands.
func TestSimulator(t *testing.T) {
	get := simulated(t)
	var shapes jsondoc.Shapes
	rows, _, err := jsondoc.ParsePage(get("/api/v1/process?q=&rows=1000&start=0"), "results", &shapes)
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d processes, %v", len(rows), err)
	}
	decoded := 0
	for i, row := range rows {
		v := events.V1 + events.Version(i%4)
		id, _ := row.Get("id")
		segment, _ := row.Get("segment_id")
		body, err := jsondoc.ParseObject(get(fmt.Sprintf("/api/%s/process/%s/%s/event", v, id.Text(), segment.Text())), nil)
		if err != nil {
			t.Fatal(err)
		}
		member, _ := body.Get("process")
		d, ok := member.Doc(nil)
		if !ok {
			t.Fatalf("no process in %s", body.Bytes())
		}
		for _, typ := range events.Types() {
			got, err := read(t, d, typ.List, v)
			if err != nil {
				t.Errorf("%s of %s: %v", v, id.Text(), err)
			}
			list, _ := d.Get(typ.List)
			if want := list.Array().Len(); len(got) != want {
				t.Errorf("%s of %s: %d of %d entries of %s", v, id.Text(), len(got), want, typ.List)
			}
			decoded += len(got)
		}
	}
	if decoded < len(rows) {
		t.Errorf("%d events of %d processes, want at least one each", decoded, len(rows))
	}
}

// simulated starts the demo server, and gives a function that reads a path of it.
func simulated(t *testing.T) func(path string) []byte {
	t.Helper()
	server, err := simulator.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(server.CertificatePEM())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return func(path string) []byte {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Auth-Token", server.Token())
		answer, err := transport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("GET %s: %s, %v", path, answer.Status, err)
		}
		return body
	}
}
