package search_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/simulator/search"
)

// doc is a document of the tests.
type doc struct {
	texts   map[string][]string
	numbers map[string][]int64
}

func (d doc) Strings(field string, buf []string) []string { return append(buf, d.texts[field]...) }
func (d doc) Numbers(field string, buf []int64) []int64   { return append(buf, d.numbers[field]...) }

var now = time.Date(2016, time.November, 11, 21, 30, 0, 0, time.UTC)

func schema() *search.Schema {
	return &search.Schema{
		Fields: map[string]search.Kind{
			"process_name": search.Keyword, "cmdline": search.Command, "path": search.Path, "username": search.Path,
			"filemod": search.Path, "regmod": search.Path, "domain": search.Domain, "ipaddr": search.IP, "ipport": search.Number,
			"start": search.Time, "netconn_count": search.Number, "terminated": search.Bool, "digsig_publisher": search.Words,
			"md5": search.Keyword, "group": search.Keyword,
		},
		Families: map[string]search.Kind{"alliance_score_": search.Number},
		Bare:     []string{"process_name", "cmdline", "path", "ipaddr"},
	}
}

func micros(text string) int64 {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t.UnixMicro()
}

// net is the process that the guide looks for.
func net() doc {
	return doc{
		texts: map[string][]string{
			"process_name": {"net.exe"}, "cmdline": {`net  use y: \\test\blah`}, "path": {`c:\windows\system32\net.exe`},
			"username": {`win-ia9nq1gn8oi\bit9rad`}, "group": {"default group"}, "terminated": {"true"},
			"digsig_publisher": {"microsoft corporation"}, "md5": {"79b6d4c5283fc806387c55b8d7c8b762"},
			"filemod": {`c:\users\x\downloads\run.exe`, `c:\temp\a b (1).txt`},
			"regmod":  {`\registry\machine\system\currentcontrolset\control\deviceclasses\{53f56307-b6bf-11d0-94f2-00a0c91efb8b}\##?#usbstor#disk`},
			"domain":  {"www.brightwater.example"}, "ipaddr": {"10.20.2.22", "2001:db8::1"},
		},
		numbers: map[string][]int64{
			"start": {micros("2016-11-11T20:59:31.631Z")}, "netconn_count": {2}, "ipport": {445, 49801}, "alliance_score_virustotal": {43},
		},
	}
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		query string
		want  string // part of the text
	}{
		{`(process_name:net.exe`, "never closed"},
		{`process_name:net.exe)`, "unexpected closing"},
		{`()`, "missing"},
		{`process_name:"net.exe`, "never closed"},
		{`process_name:`, "value of field process_name is missing"},
		{`process_name: net.exe`, "value of field process_name is missing"},
		{`process_name:net.exe or`, "missing"},
		{`process_name:net.exe and`, "missing"},
		{`or net.exe`, "without a term"},
		{`a or or b`, "without a term"},
		{`-`, "missing"},
		{`not`, "missing"},
		{`netconn_count:[1 TO`, "range"},
		{`netconn_count:[1 5]`, "range"},
		{`netconn_count:[1 TO 5]x`, "directly after"},
		{`[1 TO 5]`, "range without a field"},
		{`"a"b`, "directly after"},
		{`a"b`, "quotation mark inside"},
		{`process_name:(cmdline:a)`, "inside the list"},
		{strings.Repeat("(", 5000) + "a" + strings.Repeat(")", 5000), "too deeply"},
		{strings.Repeat("-", 5000) + "a", "too deeply"},
		{`nosuchfield:x`, `unknown field "nosuchfield"`},
		{`nosuchfield:[1 TO 2]`, `unknown field "nosuchfield"`},
		{`netconn_count:many`, "is a number"},
		{`netconn_count:[a TO *]`, "is a number"},
		{`start:yesterday`, "is a time"},
		{`start:[yesterday TO *]`, "is a time"},
		{`terminated:maybe`, "true or false"},
		{`cmdline:"\"\""`, "nothing to look for"},
		{`ipaddr:[a TO *]`, "is an address"},
	} {
		name := tt.query
		if len(name) > 40 {
			name = name[:40]
		}
		t.Run(name, func(t *testing.T) {
			q, err := search.Parse(tt.query)
			if err == nil {
				_, err = search.Compile(q, schema(), now)
			}
			var syntax *search.SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("got %v, want a *SyntaxError", err)
			}
			if !strings.Contains(syntax.Text, tt.want) || syntax.Offset < 0 || syntax.Offset > len(tt.query) {
				t.Errorf("at %d: %q, want %q", syntax.Offset, syntax.Text, tt.want)
			}
		})
	}
}

func TestBuilt(t *testing.T) {
	for _, tt := range []struct {
		name string
		q    *search.Query
		want bool
	}{
		{"term with a space", search.Term("group", "default group"), true},
		{"term with wildcards", search.Term("filemod", `c:\users\*`), true},
		{"range", search.Term("netconn_count", "[1 TO *]"), true},
		{"relative time", search.Term("start", "-2h"), true},
		{"relative time, later", search.Term("start", "-1m"), false},
		{"exactly", search.Exactly("process_name", "cmd.exe", "net.exe"), true},
		{"exactly, no wildcards", search.Exactly("process_name", "net*"), false},
		{"exactly nothing", search.Exactly("process_name"), false},
		{"all", search.All(search.Term("process_name", "net.exe"), &search.Query{}, search.Exactly("group", "Default Group")), true},
		{"all, one not", search.All(search.Term("process_name", "net.exe"), search.Exactly("group", "Servers")), false},
		{"none", search.All(), true},
	} {
		m, err := search.Compile(tt.q, schema(), now)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := m.Evaluator().Match(net()); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestFields(t *testing.T) {
	q, err := search.Parse(`process_name:net.exe (start:-2h or -netconn_count:[1 TO 2]) process_name:a*`)
	if err != nil {
		t.Fatal(err)
	}
	m, err := search.Compile(q, schema(), now)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"netconn_count", "process_name", "start"}, m.Fields()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMentions(t *testing.T) {
	q, err := search.Parse(`filemod:*.exe -filemod:temp domain:brightwater.example`)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := search.Mentions(q, schema(), now)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		field, value string
		want         bool
	}{
		{"filemod", `c:\a.exe`, true}, {"filemod", `c:\temp\a.txt`, false}, {"domain", "www.brightwater.example", true},
		{"domain", "", false}, {"regmod", `c:\a.exe`, false},
	} {
		if got := asked(tt.field, tt.value); got != tt.want {
			t.Errorf("%s %q: got %v, want %v", tt.field, tt.value, got, tt.want)
		}
	}
}

func TestOrder(t *testing.T) {
	docs := []doc{
		{numbers: map[string][]int64{"start": {2}}, texts: map[string][]string{"process_name": {"b"}}},
		{numbers: map[string][]int64{"start": {1}}, texts: map[string][]string{"process_name": {"c"}}},
		{texts: map[string][]string{"process_name": {"a"}}},
		{numbers: map[string][]int64{"start": {math.MaxInt64}}},
	}
	for _, tt := range []struct {
		sort string
		want string // the documents' numbers
	}{
		{"start asc", "1 0 3 2"}, {"start desc", "3 0 1 2"}, {"START", "1 0 3 2"}, {"process_name desc", "1 0 2 3"},
	} {
		o, ok, err := search.ParseOrder(tt.sort, schema())
		if err != nil || !ok {
			t.Errorf("%q: %v %v", tt.sort, ok, err)
			continue
		}
		order := []int{0, 1, 2, 3}
		for i := range order {
			for j := i; j > 0 && o.Compare(o.Key(docs[order[j-1]]), o.Key(docs[order[j]])) > 0; j-- {
				order[j-1], order[j] = order[j], order[j-1]
			}
		}
		if got := strings.Trim(fmt.Sprint(order), "[]"); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.sort, got, tt.want)
		}
	}
	if _, ok, err := search.ParseOrder("", schema()); ok || err != nil {
		t.Errorf("no order: %v %v", ok, err)
	}
	for _, bad := range []string{"nosuchfield asc", "start sideways", "start asc desc"} {
		if _, _, err := search.ParseOrder(bad, schema()); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestFacets(t *testing.T) {
	got := search.Facets(map[string]int{"chrome.exe": 160, "ping.exe": 27, "a.exe": 27}, 683)
	want := []search.Facet{
		{Name: "chrome.exe", Value: 160, Percent: 100, Ratio: "23.4"},
		{Name: "a.exe", Value: 27, Percent: 16.875, Ratio: "4.0"},
		{Name: "ping.exe", Value: 27, Percent: 16.875, Ratio: "4.0"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzParse checks that no text makes the parser or the evaluator fail otherwise than with an error of their own, and
// that the normal form of a query means the same.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`process_name:net.exe cmdline:\\test\blah`, `(a or -b) and not "c d"`, `netconn_count:[1 TO *] start:-2h`, `path:c:\a\ b\(1\)`,
		`regmod:{53f5}\*`, `process_name:(a or b*)`, `"\\\""`, `a\`, `!x || y && z`, `domain:.`, `path:\`, `cmdline:/`, "\xff:\xfe\\\xfd",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := search.Parse(text)
		if err != nil {
			var syntax *search.SyntaxError
			if !errors.As(err, &syntax) || syntax.Offset < 0 || syntax.Offset > len(text) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		again, err := search.Parse(q.String())
		if err != nil {
			t.Fatalf("%q: its normal form %q: %v", text, q, err)
		}
		if again.String() != q.String() {
			t.Fatalf("%q: normal form %q, then %q", text, q, again)
		}
		m, err := search.Compile(q, schema(), now)
		if err != nil {
			return
		}
		n, err := search.Compile(again, schema(), now)
		if err != nil {
			t.Fatalf("%q compiles, its normal form %q does not: %v", text, q, err)
		}
		if a, b := m.Evaluator().Match(net()), n.Evaluator().Match(net()); a != b {
			t.Fatalf("%q matches %v, its normal form %q %v", text, a, q, b)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	for _, query := range []string{`process_name:cmd.exe`, `cmdline:\\test\blah`, `path:system32\*`, `blah`} {
		b.Run(query, func(b *testing.B) {
			q, err := search.Parse(query)
			if err != nil {
				b.Fatal(err)
			}
			m, err := search.Compile(q, schema(), now)
			if err != nil {
				b.Fatal(err)
			}
			e, d := m.Evaluator(), net()
			b.ReportAllocs()
			for b.Loop() {
				e.Match(d)
			}
		})
	}
}
