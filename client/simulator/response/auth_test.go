package response

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDigestFields(t *testing.T) {
	for _, tt := range []struct {
		text string
		want map[string]string
	}{
		{``, map[string]string{}},
		{`username="a, b", nc=00000001,qop=auth, URI="/api/auth?x=1"`, map[string]string{"username": "a, b", "nc": "00000001", "qop": "auth", "uri": "/api/auth?x=1"}},
		{`a="never closed`, map[string]string{"a": "never closed"}},
		{`nothing`, map[string]string{}},
	} {
		if diff := cmp.Diff(tt.want, digestFields(tt.text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.text, diff)
		}
	}
}

func FuzzDigestFields(f *testing.F) {
	f.Add(`username="a", nonce="b", nc=1`)
	f.Fuzz(func(t *testing.T, text string) { digestFields(text) })
}
