package client_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
)

// TestTermText: what a value of a condition is in text, and what can be none.
func TestTermText(t *testing.T) {
	type outcome struct {
		Text  string
		Plain bool
		Err   string
	}
	for _, test := range []struct {
		in   any
		want outcome
	}{
		{"a b", outcome{Text: "a b"}},
		{"", outcome{}},
		{"é\u2028", outcome{Text: "é\u2028"}},
		{true, outcome{Text: "true", Plain: true}},
		{int64(-7), outcome{Text: "-7", Plain: true}},
		{7, outcome{Text: "7", Plain: true}},
		{1e21, outcome{Text: "1000000000000000000000", Plain: true}},
		{0.5, outcome{Text: "0.5", Plain: true}},
		{time.Date(2018, 2, 6, 12, 0, 0, 999, time.FixedZone("", 3600)), outcome{Text: "2018-02-06T11:00:00Z"}},
		{"a\nb", outcome{Err: `the value "a\nb" has a control character`}},
		{"a\x7f", outcome{Err: `the value "a\x7f" has a control character`}},
		{nil, outcome{Err: "None cannot be a value, want text, a number, a time or a list of them"}},
		{[]any{"a"}, outcome{Err: "list cannot be a value, want text, a number, a time or a list of them"}},
		{[]byte("a"), outcome{Err: "bytes cannot be a value, want text, a number, a time or a list of them"}},
	} {
		text, plain, err := client.TermText(test.in)
		got := outcome{Text: text, Plain: plain}
		if err != nil {
			got.Err = fmt.Sprint(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%#v (-want +got):\n%s", test.in, diff)
		}
	}
}
