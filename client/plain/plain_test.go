package plain_test

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cbscript/cbscript/client/plain"
)

var equal = cmp.Options{cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 }), cmpopts.EquateNaNs()}

func TestRoundTrip(t *testing.T) {
	type named string
	large, _ := new(big.Int).SetString("123456789012345678901234567890", 10)
	at := time.Date(2016, 11, 11, 0, 0, 0, 5, time.UTC)
	for _, test := range []struct {
		name     string
		in, want any
	}{
		{"none", nil, nil},
		{"bool", true, true},
		{"text", "x", "x"},
		{"text that is no UTF-8", "\xff", "\xff"},
		{"named text", named("n"), "n"},
		{"int", 7, int64(7)},
		{"smallest int64", int64(math.MinInt64), int64(math.MinInt64)},
		{"large int", large, large},
		{"float", 1.5, 1.5},
		{"infinity", math.Inf(-1), math.Inf(-1)},
		{"not a number", math.NaN(), math.NaN()},
		{"bytes", []byte{0, 0xff}, []byte{0, 0xff}},
		{"time", at, at},
		{"duration", time.Second, time.Second},
		{"list", []any{nil, []any{}}, []any{nil, []any{}}},
		{"list of a Go type", []string{"a"}, []any{"a"}},
		{"map", map[string]any{"\xff": 1.0, "i": "x"}, map[string]any{"\xff": 1.0, "i": "x"}},
		{"tuple", plain.Tuple{int64(1), plain.Tuple{}}, plain.Tuple{int64(1), plain.Tuple{}}},
		{"set", plain.Set{"a", int64(2)}, plain.Set{"a", int64(2)}},
		{"dict", plain.Dict{{int64(7), "b"}, {plain.Tuple{"a"}, nil}}, plain.Dict{{int64(7), "b"}, {plain.Tuple{"a"}, nil}}},
		{"struct", plain.Struct{"a": plain.Set{}}, plain.Struct{"a": plain.Set{}}},
		{"anything else", struct{ A int }{1}, "{1}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, err := plain.Encode(test.in)
			if err != nil {
				t.Fatal(err)
			}
			got, err := plain.Decode(b)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got, equal); diff != "" {
				t.Errorf("%s (-want +got):\n%s", b, diff)
			}
		})
	}
}

func TestBadForm(t *testing.T) {
	for _, text := range []string{``, `7`, `{}`, `{"a":"b","b":"a"}`, `{"z":"1"}`, `{"z":[]}`, `{"i":"x"}`, `{"i":1}`, `{"n":"x"}`, `{"b":"?"}`,
		`{"t":"now"}`, `{"m":[1]}`, `{"m":[["a"]]}`, `{"m":[[true,true]]}`, `{"p":[[1,true]]}`, `{"p":[[true,1]]}`, `{"u":[1]}`, `[1]`} {
		if v, err := plain.Decode([]byte(text)); err == nil {
			t.Errorf("%s gave %v", text, v)
		}
	}
	var s plain.Text
	if err := json.Unmarshal([]byte(`true`), &s); err == nil {
		t.Error("a text of a bool")
	}
}

func FuzzDecode(f *testing.F) {
	for _, v := range []any{nil, "\xff", plain.Dict{{plain.Tuple{int64(1)}, plain.Set{1.5}}}, plain.Struct{"a": []byte{1}}, time.Unix(1, 0).UTC(), big.NewInt(9)} {
		b, err := plain.Encode(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := plain.Decode(b)
		if err != nil {
			return
		}
		again, err := plain.Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		same, err := plain.Decode(again)
		if diff := cmp.Diff(v, same, equal); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", b, err, diff)
		}
	})
}
