package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/cbscript/cbscript/client/simulator"
)

// ask calls a server's handler, with no network between, and gives the status.
func ask(s *simulator.Server, path string) int {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("X-Auth-Token", s.Token())
	s.Handler().ServeHTTP(w, r)
	return w.Code
}

func TestHandler(t *testing.T) {
	s, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s.URL() != "" || s.CertificatePEM() != nil {
		t.Errorf("a server that does not listen has address %q and certificate %q", s.URL(), s.CertificatePEM())
	}
	if got := ask(s, "/api/info"); got != 200 {
		t.Errorf("status %d", got)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("after Close: %v, want the connection to be aborted", got)
		}
	}()
	ask(s, "/api/info")
}

// TestTogether uses a server from many goroutines, for the race detector.
func TestTogether(t *testing.T) {
	s := start(t, simulator.Options{Bulk: 1000})
	handler := s.Handler()
	var all sync.WaitGroup
	for i, r := range []struct{ method, path, body string }{
		{"GET", "/api/v1/process?q=process_name%3Acmd.exe&rows=50&facet=true", ""},
		{"GET", "/api/v1/process?q=process_name%3Abulk.exe&rows=50&sort=start+asc", ""},
		{"GET", "/api/v1/process/" + shellID + "/0", ""},
		{"GET", "/api/v4/process/" + shellID + "/0/event", ""},
		{"GET", "/api/v1/binary?q=&rows=50", ""},
		{"GET", "/api/v1/sensor", ""},
		{"PUT", "/api/v1/sensor/3", `{"network_isolation_enabled": true}`},
		{"PUT", "/api/v1/sensor/3", `{"network_isolation_enabled": false}`},
		{"POST", "/api/group", `{"name": "one", "site_id": 1}`},
		{"GET", "/api/group", ""},
		{"POST", "/api/v1/storage/events/new_partition", "null"},
		{"GET", "/api/v1/storage/events/partition", ""},
		{"GET", "/api/auth", ""},
		{"GET", "/api/license", ""},
	} {
		all.Go(func() {
			for range 5 {
				req := httptest.NewRequest(r.method, r.path, strings.NewReader(r.body))
				req.Header.Set("X-Auth-Token", s.Token())
				handler.ServeHTTP(httptest.NewRecorder(), req)
				if i%3 == 0 {
					s.Inject(simulator.Fault{PathPrefix: "/none"})()
					s.Requests()
				}
			}
		})
	}
	all.Wait()
	if n := len(s.Requests()); n != 14*5 {
		t.Errorf("%d requests recorded", n)
	}
	s.ResetRequests()
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests after the reset", n)
	}
}

// FuzzHandler checks that no request makes the server panic or fail.
func FuzzHandler(f *testing.F) {
	f.Add("GET", "/api/v1/process", "q=a&rows=1&start=0&sort=start+desc&cb.group=id&facet=true&facet.field=start", "")
	f.Add("GET", "/api/v1/process/"+shellID+"/0", "children=3", "")
	f.Add("POST", "/api/v1/process", "", `{"q": ["a"], "rows": 1}`)
	f.Add("PUT", "/api/v1/sensor/3", "", `{"group_id": 2, "event_log_flush_time": null}`)
	f.Add("PUT", "/api/group/2", "", `{"name": "x", "site_id": 1.5}`)
	f.Add("GET", "/api/v2/sensor", "start=1&rows=2&hostname=W", "")
	f.Add("GET", "/api/v1/binary", "cb.q.md5=[1%20TO%202]&cb.fq.group=x", "")
	f.Add("GET", "/api/v4/process/"+shellID+"/1/event", "", "")
	f.Add("POST", "/api/license", "", `{"license": 1}`)
	s, err := simulator.New(simulator.Options{Bulk: 100})
	if err != nil {
		f.Fatal(err)
	}
	handler := s.Handler()
	f.Fuzz(func(t *testing.T, method, path, query, body string) {
		req, err := http.NewRequest(method, "https://simulator.example/", strings.NewReader(body))
		if err != nil || !strings.HasPrefix(path, "/") {
			return
		}
		req.URL.Path, req.URL.RawQuery = path, query
		req.Header.Set("X-Auth-Token", s.Token())
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		// The list of sensors answers 500 when nothing is selected, as servers do; nothing else does.
		if w.Code >= 500 && !strings.HasSuffix(strings.TrimRight(path, "/"), "/sensor") {
			t.Errorf("%s %q?%q %q: status %d: %s", method, path, query, body, w.Code, w.Body)
		}
	})
}
