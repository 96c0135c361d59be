package guard_test

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
)

// FuzzWireSave holds that no text which a server may take for a document changes a field that needs a capability of its
// own, when only the model's is granted.
func FuzzWireSave(f *testing.F) {
	const has = `{"id": 7, "cut_off": false, "notes": "x", "seen": 3}`
	for _, body := range []string{has, `{"cut_off": true}`, `{"Cut_Off": true}`, `{"cut_off": true, "cut_off": false}`, `{"\u0063ut_off": true}`, `{"cut_off": 0}`, `{"cut_off": null}`,
		`{"notes": "y"} {"cut_off": true}`, `[{"cut_off": true}]`, `{"a": {"cut_off": true}}`, "{\"cut_off\": false, \"cut\u017foff\": true}", "\ufeff{}", `{"CUT_OFF": false, "cut_off": false}`} {
		f.Add([]byte(body))
	}
	product := &client.Product{Kinds: []*client.Kind{widget}, Base: "/api/"}
	w := guard.NewWire(product, guard.WireConfig{Allow: []client.Capability{client.Write}})
	f.Fuzz(func(t *testing.T, body []byte) {
		err := w.Check(t.Context(), guard.WireRequest{Method: "PUT", Path: "/api/widget/7", Body: body,
			Read: func(context.Context, string) ([]byte, error) { return []byte(has), nil }})
		if err != nil {
			return
		}
		// As lenient readers do: the first document of the text, the last of several members, a name in any case.
		var sent map[string]any
		if json.NewDecoder(strings.NewReader(string(body))).Decode(&sent) != nil {
			return
		}
		for name, value := range sent {
			if strings.EqualFold(name, "cut_off") && !reflect.DeepEqual(value, false) {
				t.Errorf("%q passes and sets %s to %v", body, name, value)
			}
		}
	})
}
