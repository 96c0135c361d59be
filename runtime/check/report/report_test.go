package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime/check"
	"github.com/cbscript/cbscript/runtime/check/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

// surface has the few names that the bundle uses.
type surface struct{}

func (surface) Capabilities(name string) []string {
	return map[string][]string{"isolate": {"isolate"}, "save": {"write"}}[name]
}

func (surface) Predeclared(name string) (string, bool) {
	product, ok := map[string]string{"select": "response", "Sensor": "response", "param": "", "meta": "", "getattr": ""}[name]
	return product, ok
}

func (surface) Model(product, name string) bool { return product == "response" && name == "Sensor" }

func (surface) Setting(string) []string { return nil }

func (surface) Secret(name string) bool { return name == "password" }

const secret = "5b1f0a3c9e7d2b4c199a86b4f1d2c3e5a7d80e61"

// reports judges a bundle that has each kind of finding, waiver, need and declaration.
func reports(t testing.TB) []check.Report {
	t.Helper()
	bundle := fstest.MapFS{
		"a clean one.star": {Data: []byte("x = 1\n")},
		"contain.star": {Data: []byte(`load("./lib.star", "notify")
load("cb/defense", "Device")
meta(name="contain", version="1.2.0", author="SOC", description="Isolates", needs=["isolate"])
host = param("host")
for s in select(Sensor).where("hostname:" + host):
    s.isolate()
    getattr(s, host)()
`)},
		"leak.star": {Data: []byte("API_TOKEN = \"" + secret + "\"\nuser = 1\n" +
			"X = \"5f0a3c1e-7d2b-4c19-9a86-b4f1d2c3e5a7\"  # cbscript:allow bare-guid id of our rule\n")},
		"lib.star":                {Data: []byte("def notify(s):\n    s.save()\n")},
		"odd\x1b[31mname.txt":     {Data: []byte("password = \"Wx7!kq0Lm2\"\n")},
		"sub folder/broken.star":  {Data: []byte("import os\n")},
		"sub folder/unread.ini":   {Data: bytes.Repeat([]byte("x"), 3000)},
		"sub folder/fixture.json": {Data: []byte(`{"X-Auth-Token": "` + secret + `"}`)},
	}
	out, err := check.Dir(t.Context(), bundle, ".", check.Options{Surface: surface{}, MaxFileSize: 2000})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestGolden holds each form as a whole, and that none shows a secret or can control a terminal.
func TestGolden(t *testing.T) {
	for name, write := range map[string]func(io.Writer, []check.Report) error{
		"report.txt":  report.Text,
		"report.json": report.JSON,
		"report.sarif": func(w io.Writer, r []check.Report) error {
			return report.SARIF(w, r, "1.0.0")
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := write(&got, reports(t)); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(got.String(), secret[:5]) || strings.Contains(got.String(), "Wx7!k") {
				t.Errorf("a secret is shown:\n%s", got.String())
			}
			if bytes.ContainsRune(got.Bytes(), 0x1b) {
				t.Errorf("a control character is shown:\n%q", got.String())
			}
			golden := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("%s; to accept: go test ./runtime/check/report -update (-want +got):\n%s", golden, diff)
			}
		})
	}
}

// TestEmpty holds that a check of nothing is still a document with lists.
func TestEmpty(t *testing.T) {
	var text, doc, log bytes.Buffer
	if err := errors.Join(report.Text(&text, nil), report.JSON(&doc, nil), report.SARIF(&log, nil, "")); err != nil {
		t.Fatal(err)
	}
	if got, want := text.String(), "0 files checked: 0 errors, 0 warnings\n"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if got, want := doc.String(), "{\n  \"version\": 1,\n  \"ok\": true,\n  \"files\": []\n}\n"; got != want {
		t.Errorf("JSON %q, want %q", got, want)
	}
	var sarif struct {
		Runs []struct {
			Results []any `json:"results"`
		} `json:"runs"`
	}
	if err := json.Unmarshal(log.Bytes(), &sarif); err != nil || len(sarif.Runs) != 1 || sarif.Runs[0].Results == nil {
		t.Errorf("SARIF %s: %v", log.String(), err)
	}
}

// TestRulesOfResults holds that each result of the SARIF log points to its rule.
func TestRulesOfResults(t *testing.T) {
	var log bytes.Buffer
	if err := report.SARIF(&log, reports(t), ""); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Runs []struct {
			Tool struct {
				Driver struct {
					Rules []struct{ ID string }
				}
			}
			Results []struct {
				RuleID    string
				RuleIndex int
			}
		}
	}
	if err := json.Unmarshal(log.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	run := doc.Runs[0]
	if len(run.Results) < 8 {
		t.Fatalf("%d results, want at least 8", len(run.Results))
	}
	for _, r := range run.Results {
		if got := run.Tool.Driver.Rules[r.RuleIndex].ID; got != r.RuleID {
			t.Errorf("result of rule %s points to rule %s", r.RuleID, got)
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestWriteError holds that a reader that went away is an error.
func TestWriteError(t *testing.T) {
	for name, err := range map[string]error{
		"text":  report.Text(brokenPipe{}, nil),
		"JSON":  report.JSON(brokenPipe{}, nil),
		"SARIF": report.SARIF(brokenPipe{}, nil, ""),
	} {
		if !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: error %v, want %v", name, err, io.ErrClosedPipe)
		}
	}
}
