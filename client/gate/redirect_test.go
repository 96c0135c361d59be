package gate_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/gate"
)

func TestRedirects(t *testing.T) {
	var stolen http.Header
	thief, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) { stolen = r.Header.Clone() })
	var paths []string
	to := map[string]string{
		"/once": "/end", "/relative/a": "../end", "/loop": "/loop", "/twice": "/once", "/thrice": "/twice", "/four": "/thrice",
		"/thief": thief.URL + "/end", "/plain": "http://SELF/end", "/scheme": "//" + strings.TrimPrefix(thief.URL, "https://") + "/end",
		"/user": "https://me:x@SELF/end", "/self": "https://SELF/end?q=1", "/bad": "https://%zz/", "/script": "javascript:x", "/up": "/a/%2e%2e/end",
		"/none": "",
	}
	server, p := serve(t, func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.RequestURI())
		if r.Header.Get("X-Auth-Token") != token {
			t.Errorf("%s came without the token", r.URL)
		}
		if target, ok := to[r.URL.Path]; ok {
			if target != "" {
				w.Header().Set("Location", strings.ReplaceAll(target, "SELF", r.Host))
			}
			w.WriteHeader(http.StatusFound)
			return
		}
		io.WriteString(w, "end")
	})
	g := open(t, p)
	cases := []struct {
		method, path string
		status       int
		kind         gate.Kind // when status is 0
		paths        []string
	}{
		{"GET", "/once", 200, 0, []string{"/once", "/end"}},
		{"HEAD", "/once", 200, 0, []string{"/once", "/end"}},
		{"GET", "/relative/a", 200, 0, []string{"/relative/a", "/end"}},
		{"GET", "/self", 200, 0, []string{"/self", "/end?q=1"}},
		{"GET", "/thrice", 200, 0, []string{"/thrice", "/twice", "/once", "/end"}},
		{"GET", "/four", 302, 0, []string{"/four", "/thrice", "/twice", "/once"}},
		{"GET", "/loop", 302, 0, []string{"/loop", "/loop", "/loop", "/loop"}},
		{"POST", "/once", 302, 0, []string{"/once"}},
		{"PUT", "/once", 302, 0, []string{"/once"}},
		{"GET", "/none", 302, 0, []string{"/none"}},
		{"GET", "/thief", 302, 0, []string{"/thief"}},
		{"GET", "/plain", 302, 0, []string{"/plain"}},
		{"GET", "/scheme", 302, 0, []string{"/scheme"}},
		{"GET", "/bad", 302, 0, []string{"/bad"}},
		{"GET", "/script", 302, 0, []string{"/script"}},
		{"GET", "/user", 0, gate.Malformed, []string{"/user"}},
		{"GET", "/up", 0, gate.Malformed, []string{"/up"}},
	}
	for _, c := range cases {
		t.Run(c.method+c.path, func(t *testing.T) {
			paths = nil
			resp, err := g.RoundTrip(request(t, c.method, server.URL+c.path, ""))
			if c.status == 0 {
				faultOf(t, err, c.kind)
			} else {
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if last := c.paths[len(c.paths)-1]; resp.StatusCode != c.status || resp.Request.URL.RequestURI() != last {
					t.Errorf("got %d from %s, want %d from %s", resp.StatusCode, resp.Request.URL, c.status, last)
				}
				mustNotHold(t, "request of the answer", headerText(resp.Request.Header))
			}
			if diff := cmp.Diff(c.paths, paths); diff != "" {
				t.Errorf("paths (-want +got):\n%s", diff)
			}
		})
	}

	// A client that follows redirects itself, as most do, gets no further.
	_, err := (&http.Client{Transport: g}).Do(request(t, "GET", server.URL+"/thief", ""))
	faultOf(t, err, gate.Origin)
	if stolen != nil {
		t.Errorf("the other server got %v", stolen)
	}
}
