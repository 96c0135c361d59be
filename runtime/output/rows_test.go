package output_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/cbscript/cbscript/runtime/output"
	"github.com/google/go-cmp/cmp"
)

func rows() []output.Row {
	when := time.Date(2026, 3, 1, 12, 30, 0, 5_000_000, time.UTC)
	return []output.Row{
		{{"host", "ws-12"}, {"count", int64(3)}, {"cmdline", "a|b \x1b[31m*x* <b>"}, {"at", when}},
		{{"host", "srv"}, {"count", int64(-3000)}, {"cmdline", "=cmd()"}, {"at", nil}},
		{{"host", "日本"}, {"cmdline", []any{"x", int64(1)}}},
	}
}

func TestFormats(t *testing.T) {
	tests := []struct {
		format string
		o      output.Options
		want   string
	}{
		{"table", output.Options{}, `
host   count  cmdline              at
ws-12      3  a|b \x1b[31m*x* <b>  2026-03-01T12:30:00.005Z
srv    -3000  =cmd()
日本          ["x",1]
`},
		{"table", output.Options{Width: 50}, `
host   count  cmdline           at
ws-12      3  a|b \x1b[31m*x*…  2026-03-01T12:3…
srv    -3000  =cmd()
日本          ["x",1]
`},
		{"markdown", output.Options{}, `
| host | count | cmdline | at |
| --- | ---: | --- | --- |
| ws-12 | 3 | a\|b \\x1b\[31m\*x\* &lt;b&gt; | 2026-03-01T12:30:00.005Z |
| srv | -3000 | =cmd() |  |
| 日本 |  | \["x",1\] |  |
`},
		{"jsonl", output.Options{}, `
{"host":"ws-12","count":3,"cmdline":"a|b \u001b[31m*x* <b>","at":"2026-03-01T12:30:00.005Z"}
{"host":"srv","count":-3000,"cmdline":"=cmd()","at":null}
{"host":"日本","cmdline":["x",1]}
`},
		{"csv", output.Options{}, `
host,count,cmdline,at
ws-12,3,a|b ` + "\x1b" + `[31m*x* <b>,2026-03-01T12:30:00.005Z
srv,-3000,'=cmd(),
日本,,"[""x"",1]",
`},
		{"csv", output.Options{RawCells: true}, `
host,count,cmdline,at
ws-12,3,a|b ` + "\x1b" + `[31m*x* <b>,2026-03-01T12:30:00.005Z
srv,-3000,=cmd(),
日本,,"[""x"",1]",
`},
	}
	for _, tt := range tests {
		t.Run(tt.format, func(t *testing.T) {
			var got bytes.Buffer
			w, err := output.NewRows(tt.format, &got, tt.o)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows() {
				if err := w.Write(row); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), got.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if err := w.Write(rows()[0]); err != output.ErrClosed {
				t.Errorf("Write after Close: got %v, want ErrClosed", err)
			}
		})
	}
}

func TestNoRows(t *testing.T) {
	for _, format := range output.Formats() {
		var got bytes.Buffer
		w, err := output.NewRows(format, &got, output.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil || got.Len() > 0 {
			t.Errorf("%s without rows: wrote %q, error %v; want nothing", format, got.String(), err)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	_, err := output.NewRows("xml", nil, output.Options{})
	want := `unknown output format "xml", want one of table, jsonl, csv, markdown`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestStreaming(t *testing.T) {
	for _, format := range []string{"jsonl", "csv"} {
		var got bytes.Buffer
		w, err := output.NewRows(format, &got, output.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(output.Row{{"host", "ws-12"}}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(got.String(), "ws-12") {
			t.Errorf("%s: the row is not written when Write returns", format)
		}
	}
}

func TestCSVNewColumn(t *testing.T) {
	w, err := output.NewRows("csv", &bytes.Buffer{}, output.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(output.Row{{"a", "1"}, {"b", "2"}}); err != nil {
		t.Fatal(err)
	}
	err = w.Write(output.Row{{"a", "1"}, {"c", "2"}})
	want := `CSV has no column "c": its columns are those of the first row (a, b); give every row the same names, or choose jsonl`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestCSVFormulas(t *testing.T) {
	tests := map[string]string{
		"=1+1": "'=1+1", "+cmd": "'+cmd", "-cmd": "'-cmd", "@SUM(1)": "'@SUM(1)", "\tx": "'\tx", "\rx": "'\rx",
		"  =1": "'  =1", "＝1": "'＝1", "|x": "'|x", "-inf": "'-inf", "-1+cmd|' /C calc'!A0": "'-1+cmd|' /C calc'!A0",
		"-5": "-5", "+1.5e3": "+1.5e3", "a=b": "a=b", "": "", "x": "x",
	}
	for in, want := range tests {
		var buf bytes.Buffer
		w, err := output.NewRows("csv", &buf, output.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(output.Row{{"name", "x"}, {"v", in}}); err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(&buf).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if got := records[1][1]; got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestJSONValues(t *testing.T) {
	var buf bytes.Buffer
	w, err := output.NewRows("jsonl", &buf, output.Options{})
	if err != nil {
		t.Fatal(err)
	}
	big1, _ := new(big.Int).SetString("123456789012345678901234567890", 10)
	row := output.Row{{"big", big1}, {"nan", math.NaN()}, {"inf", []any{math.Inf(-1)}}, {"bytes", []byte("a\xff")},
		{"text", []byte("ok")}, {"took", 90 * time.Second}, {"map", map[string]any{"k": true}},
		{"hidden", "a\u009b\u202e\u2028\U000e0041\x7f"}}
	if err := w.Write(row); err != nil {
		t.Fatal(err)
	}
	want := `{"big":123456789012345678901234567890,"nan":"NaN","inf":["-Inf"],"bytes":"61ff","text":"ok","took":"1m30s",` +
		`"map":{"k":true},"hidden":"a\u009b\u202e\u2028\udb40\udc41\u007f"}` + "\n"
	if diff := cmp.Diff(want, buf.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	var back struct{ Hidden string }
	if err := json.Unmarshal(buf.Bytes(), &back); err != nil || back.Hidden != row[7].Value {
		t.Errorf("read back %q, %v; want %q", back.Hidden, err, row[7].Value)
	}
	if err := w.Write(output.Row{{"f", func() {}}}); err == nil || !strings.Contains(err.Error(), `column "f"`) {
		t.Errorf("a value without JSON form: got %v, want an error that names the column", err)
	}
}

// discard counts nothing and keeps nothing.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func BenchmarkRows(b *testing.B) {
	for _, format := range output.Formats() {
		b.Run(format, func(b *testing.B) {
			w, err := output.NewRows(format, discard{}, output.Options{})
			if err != nil {
				b.Fatal(err)
			}
			row := rows()[0]
			b.ReportAllocs()
			for b.Loop() {
				if err := w.Write(row); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestCSVOnTerminal sees that a terminal gets no control sequence of a cell or a name, and a file every byte.
func TestCSVOnTerminal(t *testing.T) {
	row := output.Row{{"a\x1b[2J", "\x1b]0;title\x07"}, {"b", "line\nnext\u202e"}, {"c", []any{"\u009b31m"}}, {"d", []byte("\x1b[31m")}}
	for _, tt := range []struct {
		name string
		o    output.Options
		want string
	}{
		{"terminal", output.Options{Width: 80}, `a\x1b[2J,b,c,d` + "\n" + `\x1b]0;title\x07,"line` + "\n" + `next\u202e","[""\u009b31m""]",\x1b[31m` + "\n"},
		{"terminal, raw cells", output.Options{Width: 80, RawCells: true}, `a\x1b[2J,b,c,d` + "\n" + `\x1b]0;title\x07,"line` + "\n" + `next\u202e","[""\u009b31m""]",\x1b[31m` + "\n"},
		{"file", output.Options{}, "a\x1b[2J,b,c,d\n\x1b]0;title\x07,\"line\nnext\u202e\",\"[\"\"\\u009b31m\"\"]\",\x1b[31m\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			rows, err := output.NewRows("csv", &b, tt.o)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(rows.Write(row), rows.Close()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
