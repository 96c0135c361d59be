package client_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
)

func TestJoinPath(t *testing.T) {
	for _, test := range []struct {
		segments []string
		want     string
		bad      bool
	}{
		{segments: []string{"7"}, want: "/api/v1/sensor/7"},
		{segments: []string{"a", "b"}, want: "/api/v1/sensor/a/b"},
		{segments: []string{"a/b"}, want: "/api/v1/sensor/a%2Fb"},
		{segments: []string{"../user"}, bad: true},
		{segments: []string{`..\user`}, bad: true},
		{segments: []string{`a\b`}, want: "/api/v1/sensor/a%5Cb"},
		{segments: []string{"7?x=1#y"}, want: "/api/v1/sensor/7%3Fx=1%23y"},
		{segments: []string{"//evil.example"}, want: "/api/v1/sensor/%2F%2Fevil.example"},
		{segments: []string{"@evil.example:80"}, want: "/api/v1/sensor/@evil.example:80"},
		{segments: []string{"%2e%2e"}, want: "/api/v1/sensor/%252e%252e"},
		{segments: []string{"a\r\nHost: x"}, want: "/api/v1/sensor/a%0D%0AHost:%20x"},
		{segments: []string{"."}, bad: true},
		{segments: []string{"7", ".."}, bad: true},
		{segments: []string{""}, bad: true},
	} {
		got, err := client.JoinPath("/api/v1/sensor", test.segments...)
		if (err != nil) != test.bad {
			t.Errorf("%q: got error %v, want one: %v", test.segments, err, test.bad)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.segments, diff)
		}
	}
}

// FuzzJoinPath looks for an id that becomes another route, another host, or a query.
func FuzzJoinPath(f *testing.F) {
	for _, id := range []string{"7", "../user", "..%2fuser", "//evil.example", "7?x", "7#x", "\x00", "a\r\nb", "%", "@h"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		path, err := client.JoinPath("/api/v1/sensor", id)
		if err != nil {
			return
		}
		u, err := url.Parse("https://cb.example" + path)
		if err != nil {
			t.Fatalf("%q is no path: %v", path, err)
		}
		if u.Host != "cb.example" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "/api/v1/sensor/"+id {
			t.Errorf("%q leads to %+v", id, u)
		}
		if n := strings.Count(u.EscapedPath(), "/"); n != 4 {
			t.Errorf("%q has %d segments: %s", id, n, u.EscapedPath())
		}
		if u.ResolveReference(&url.URL{Path: ""}).EscapedPath() != u.EscapedPath() {
			t.Errorf("%q is another path when it is resolved", id)
		}
	})
}
