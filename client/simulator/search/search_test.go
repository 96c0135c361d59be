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

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		query string
		want  bool
	}{
		{``, true},
		{`*`, true},
		{`  `, true},
		// The guide's query, and its parts in other spellings.
		{`process_name:net.exe cmdline:\\test\blah`, true},
		{`process_name:net.exe and cmdline:\\test\blah`, true},
		{`cmdline:\test\blah`, true},
		{`cmdline:"\\test\blah"`, true},
		{`cmdline:"\\\\test\\blah"`, true},
		{`cmdline:test\blah`, true},
		{`cmdline:blah\test`, false},
		{`cmdline:\\test\bla`, false},
		{`cmdline:\\test\bla*`, true},
		{`cmdline:"use y:"`, true},
		{`cmdline:use\ y\:`, true},
		{`cmdline:"use z:"`, false},
		{`cmdline:tes`, false},
		{`cmdline:*es*`, true},
		{`CMDLINE:NET`, true},
		// Keywords.
		{`process_name:NET.EXE`, true},
		{`process_name:net`, false},
		{`process_name:net*`, true},
		{`process_name:*.exe`, true},
		{`process_name:n*t.*e`, true},
		{`process_name:n*u.*e`, false},
		{`process_name:"net*"`, false},
		{`process_name:*`, true},
		{`group:"Default Group"`, true},
		{`group:Default\ Group`, true},
		{`group:Default`, false},
		{`md5:79B6D4C5283FC806387C55B8D7C8B762`, true},
		// Combinations.
		{`process_name:cmd.exe or process_name:net.exe`, true},
		{`process_name:cmd.exe OR process_name:at.exe`, false},
		{`process_name:(cmd.exe or net.exe)`, true},
		{`process_name:(cmd.exe or at.exe)`, false},
		{`process_name:cmd.exe or process_name:net.exe username:SYSTEM`, false},
		{`(process_name:cmd.exe or process_name:net.exe) username:bit9rad`, true},
		{`-process_name:net.exe`, false},
		{`-process_name:cmd.exe`, true},
		{`not process_name:cmd.exe`, true},
		{`NOT (process_name:cmd.exe or username:bit9rad)`, false},
		{`-(process_name:cmd.exe username:bit9rad)`, true},
		{`--process_name:net.exe`, true},
		{`net.exe -cmd.exe`, true},
		{`(filemod:*.exe or filemod:*.dll)`, true},
		// Paths.
		{`path:c:\windows\system32\net.exe`, true},
		{`path:c:\\windows\\system32\\net.exe`, true},
		{`path:system32\net.exe`, true},
		{`path:windows`, true},
		{`path:window`, false},
		{`path:system32\*`, true},
		{`path:c:\windows\*`, true},
		{`path:c:\windows\*.exe`, true},
		{`-path:c:\windows\*`, false},
		{`path:net.exe`, true},
		{`path:et.exe`, false},
		{`path:c:/windows`, true},
		{`username:bit9rad`, true},
		{`username:WIN-IA9NQ1GN8OI\bit9rad`, true},
		{`username:rad`, false},
		{`filemod:"c:\temp\a b (1).txt"`, true},
		{`filemod:c:\temp\a\ b\ \(1\).txt`, true},
		{`filemod:temp\*`, true},
		{`regmod:registry\machine\system\currentcontrolset\control\deviceclasses\{53f56307-b6bf-11d0-94f2-00a0c91efb8b}\*`, true},
		{`regmod:deviceclasses\{00000000-b6bf-11d0-94f2-00a0c91efb8b}\*`, false},
		{`regmod:{53f56307-b6bf-11d0-94f2-00a0c91efb8b}`, true},
		// Numbers.
		{`netconn_count:2`, true},
		{`netconn_count:3`, false},
		{`netconn_count:[1 TO *]`, true},
		{`netconn_count:[* TO 1]`, false},
		{`netconn_count:[2 to 2]`, true},
		{`netconn_count:{2 TO 5}`, false},
		{`netconn_count:{1 TO 2]`, true},
		{`netconn_count:*`, true},
		{`ipport:445`, true},
		{`ipport:[50000 TO 60000]`, false},
		{`alliance_score_virustotal:[10 TO *]`, true},
		{`alliance_score_srstrust:*`, false},
		{`-alliance_score_srstrust:*`, true},
		// Times.
		{`start:-2h`, true},
		{`start:-30m`, false},
		{`start:-1w`, true},
		{`start:-90000w`, true},
		{`start:2016-11-11`, true},
		{`start:2016-11-10`, false},
		{`start:2016-11-11T20:59:31`, true},
		{`start:2016-11-11T20:59:31.631Z`, true},
		{`start:2016-11-11T20:59:31.630Z`, false},
		{`start:[2016-11-11T00:00:00 TO *]`, true},
		{`start:[2016-11-01 TO 2016-11-10]`, false},
		{`start:[2016-11-01 TO 2016-11-11]`, true},
		{`start:[-1d TO now]`, true},
		// Domains and addresses.
		{`domain:www.brightwater.example`, true},
		{`domain:brightwater.example`, true},
		{`domain:brightwater`, true},
		{`domain:water.example`, false},
		{`domain:*.example`, true},
		{`ipaddr:10.20.2.22`, true},
		{`ipaddr:10.20.0.0/16`, true},
		{`ipaddr:10.21.0.0/16`, false},
		{`ipaddr:10.20.*`, true},
		{`ipaddr:[10.20.2.1 TO 10.20.2.30]`, true},
		{`ipaddr:[10.20.3.1 TO 10.20.3.30]`, false},
		{`ipaddr:2001:db8::1`, true},
		{`ipaddr:2001:db8::/32`, true},
		// Words and truth values.
		{`digsig_publisher:Microsoft`, true},
		{`digsig_publisher:"Microsoft Corporation"`, true},
		{`digsig_publisher:Micro`, false},
		{`digsig_publisher:micro*`, true},
		{`terminated:true`, true},
		{`terminated:FALSE`, false},
		// Words without a field.
		{`blah`, true},
		{`"use y:"`, true},
		{`10.20.2.22`, true},
		{`c:\windows`, true},
		{`mimikatz`, false},
	} {
		q, err := search.Parse(tt.query)
		if err != nil {
			t.Errorf("%q: %v", tt.query, err)
			continue
		}
		m, err := search.Compile(q, schema(), now)
		if err != nil {
			t.Errorf("%q: %v", tt.query, err)
			continue
		}
		if got := m.Evaluator().Match(net()); got != tt.want {
			t.Errorf("%q: got %v, want %v", tt.query, got, tt.want)
		}
	}
}

// TestCommand checks how command lines are cut into tokens.
func TestCommand(t *testing.T) {
	for _, tt := range []struct {
		cmdline, query string
		want           bool
	}{
		{`"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe" /noconfig`, `cmdline:/noconfig`, true},
		{`"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe" /noconfig`, `cmdline:noconfig`, false},
		{`"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe" /noconfig`, `cmdline:.exe`, true},
		{`"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe" /noconfig`, `cmdline:.net`, true},
		{`"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe" /noconfig`, `cmdline:framework64`, true},
		{`"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe" /noconfig`, `cmdline:.dll`, false},
		{`powershell -nop -enc SQBFAFgA=`, `cmdline:-enc`, true},
		{`powershell -nop -enc SQBFAFgA=`, `cmdline:enc`, false},
		{`powershell -nop -enc SQBFAFgA=`, `cmdline:sqbfafga`, true},
		{`cmd /c a&b|c;d>e<f`, `cmdline:"a b c d e f"`, true},
		{`curl http://host.example/a/b?c=1`, `cmdline:host.example`, true},
		{`curl http://host.example/a/b?c=1`, `cmdline:http://host.example/a`, true},
		{`/usr/bin/python2 -c x`, `cmdline:usr/bin/python2`, true},
		{`/usr/bin/python2 -c x`, `cmdline:/usr/bin/python2`, true},
		{`reg query HKLM\SOFTWARE\Run`, `cmdline:"reg query"`, true},
		{`a "b c" d`, `cmdline:"\"b c\""`, true},
	} {
		d := doc{texts: map[string][]string{"cmdline": {strings.ToLower(tt.cmdline)}}}
		if got := match(t, tt.query, d); got != tt.want {
			t.Errorf("%q in %q: got %v, want %v", tt.query, tt.cmdline, got, tt.want)
		}
	}
}

func match(t testing.TB, query string, d search.Doc) bool {
	t.Helper()
	q, err := search.Parse(query)
	if err != nil {
		t.Fatal(err)
	}
	m, err := search.Compile(q, schema(), now)
	if err != nil {
		t.Fatal(err)
	}
	return m.Evaluator().Match(d)
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
