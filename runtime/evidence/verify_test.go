package evidence_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aead.dev/minisign"
	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/runtime/evidence"
)

// collect makes a folder with some files, and gives its directory.
func collect(t testing.TB, book *evidence.Book, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	save(t, dir, book, names...)
	return dir
}

// save saves files whose data are their names.
func save(t testing.TB, dir string, book *evidence.Book, names ...string) {
	t.Helper()
	f, err := evidence.Open(dir, evidence.Config{Book: book, Script: "x.star", ScriptSHA256: strings.Repeat("ab", 32), Version: "v1",
		Now: func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if _, err := f.Save(t.Context(), name, strings.NewReader(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestVerify does to a folder what a person can do to it.
func TestVerify(t *testing.T) {
	write := func(name, text string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	remove := func(name string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	manifest := func(change func(lines []string) []string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			text, err := os.ReadFile(filepath.Join(dir, "manifest.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			lines := change(slices.Collect(strings.Lines(string(text))))
			write("manifest.jsonl", strings.Join(lines, ""))(t, dir)
		}
	}
	const broken = "it does not follow the line before it: one of them was changed, or lines were added or taken away"
	const foreign = "it is not as cbscript writes it: it was changed, or written by another version"
	for _, test := range []struct {
		name   string
		change func(t *testing.T, dir string)
		want   []evidence.Finding
		files  int // that are in order
	}{
		{"nothing", func(*testing.T, string) {}, nil, 3},
		{"a file is gone", remove("a"), []evidence.Finding{{"missing", "a", 1, "the file is not there"}}, 2},
		{"another length", write("a", "xx"), []evidence.Finding{{"changed", "a", 1, "it has 2 bytes, saved were 1"}}, 2},
		{"another content", write("a", "x"), []evidence.Finding{{"changed", "a", 1,
			"its SHA-256 is 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881, saved was ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"}}, 2},
		{"a folder in the place of a file", func(t *testing.T, dir string) {
			remove("a")(t, dir)
			if err := os.Mkdir(filepath.Join(dir, "a"), 0o700); err != nil {
				t.Fatal(err)
			}
		}, []evidence.Finding{{"changed", "a", 1, "there is no file of that name, but something else"}}, 2},
		{"a further file", write("d/x\nb", "x"), []evidence.Finding{{"unlisted", "d/x\nb", 0, "the manifest does not have this file"}}, 3},
		{"what a run left", write(".cbscript-1.part", "x"), []evidence.Finding{{"partial", ".cbscript-1.part", 0, "a run was ended while it wrote this file"}}, 3},
		{"the first line is gone", manifest(func(l []string) []string { return l[1:] }), []evidence.Finding{
			{"chain", "b", 1, broken}, {"chain", "d/c", 2, "it says that it is line 3"}, {"unlisted", "a", 0, "the manifest does not have this file"}}, 2},
		{"a line is gone", manifest(func(l []string) []string { return []string{l[0], l[2]} }), []evidence.Finding{
			{"chain", "d/c", 2, broken}, {"unlisted", "b", 0, "the manifest does not have this file"}}, 2},
		{"the last line is gone", manifest(func(l []string) []string { return l[:2] }), []evidence.Finding{
			{"unlisted", "d/c", 0, "the manifest does not have this file"}}, 2},
		{"lines change places", manifest(func(l []string) []string { return []string{l[0], l[2], l[1]} }), []evidence.Finding{
			{"chain", "d/c", 2, broken}, {"chain", "b", 3, broken}}, 3},
		{"a line twice", manifest(func(l []string) []string { return []string{l[0], l[0], l[1], l[2]} }), []evidence.Finding{
			{"chain", "a", 2, broken}, {"chain", "b", 3, "it says that it is line 2"}, {"chain", "d/c", 4, "it says that it is line 3"}}, 3},
		{"a script is named that it was not", manifest(func(l []string) []string {
			return []string{l[0], strings.Replace(l[1], "x.star", "y.star", 1), l[2]}
		}), []evidence.Finding{{"chain", "d/c", 3, broken}}, 3},
		{"the name of another file", manifest(func(l []string) []string {
			return []string{l[0], strings.Replace(l[1], `"name":"b"`, `"name":"a"`, 1), l[2]}
		}), []evidence.Finding{{"chain", "a", 2, "line 1 has other bytes for the same file"}, {"chain", "d/c", 3, broken}, {"unlisted", "b", 0, "the manifest does not have this file"}}, 2},
		{"a space", manifest(func(l []string) []string { return []string{l[0], strings.Replace(l[1], ",", ", ", 1), l[2]} }),
			[]evidence.Finding{{"chain", "", 2, foreign}, {"chain", "d/c", 3, broken}, {"unlisted", "b", 0, "the manifest does not have this file"}}, 2},
		{"a member twice", manifest(func(l []string) []string {
			return []string{l[0], strings.Replace(l[1], `{"n":2`, `{"n":7,"n":2`, 1), l[2]}
		}),
			[]evidence.Finding{{"chain", "", 2, foreign}, {"chain", "d/c", 3, broken}, {"unlisted", "b", 0, "the manifest does not have this file"}}, 2},
		{"a name outside", manifest(func(l []string) []string {
			return []string{l[0], strings.Replace(l[1], `"name":"b"`, `"name":"../b"`, 1), l[2]}
		}),
			[]evidence.Finding{{"chain", "", 2, `its name cannot be one: got "../b": it has the part ".."`}, {"chain", "d/c", 3, broken}, {"unlisted", "b", 0, "the manifest does not have this file"}}, 2},
		{"cut within a line", manifest(func(l []string) []string { return []string{l[0], l[1], l[2][:40]} }),
			[]evidence.Finding{{"chain", "", 3, "it is not complete: a run was ended while it wrote it, or it was cut"}, {"unlisted", "d/c", 0, "the manifest does not have this file"}}, 2},
		{"a line without end", manifest(func(l []string) []string { return []string{l[0], strings.Repeat("x", 17<<20)} }),
			[]evidence.Finding{{"chain", "", 2, "a line has more than 16777216 bytes: the lines behind it are not read"},
				{"unlisted", "b", 0, "the manifest does not have this file"}, {"unlisted", "d/c", 0, "the manifest does not have this file"}}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := collect(t, nil, "a", "b", "d/c")
			test.change(t, dir)
			report, err := evidence.Verify(t.Context(), dir, evidence.Expected{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, report.Findings); diff != "" || report.Files != test.files {
				t.Errorf("%d files in order, want %d (-want +got)\n%s", report.Files, test.files, diff)
			}
		})
	}
}

func TestSymbolicLinksAreNotFollowed(t *testing.T) {
	dir := collect(t, nil, "a")
	if err := os.Remove(filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("manifest.jsonl", filepath.Join(dir, "a")); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	report, err := evidence.Verify(t.Context(), dir, evidence.Expected{})
	if err != nil {
		t.Fatal(err)
	}
	want := []evidence.Finding{{"changed", "a", 1, "there is no file of that name, but something else"}}
	if diff := cmp.Diff(want, report.Findings); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestExpected compares a manifest with what is known of it from elsewhere.
func TestExpected(t *testing.T) {
	key := func() (minisign.PublicKey, minisign.PrivateKey) {
		public, private, err := minisign.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{7}, 64)))
		if err != nil {
			t.Fatal(err)
		}
		return public, private
	}
	public, private := key()
	other, _, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := collect(t, nil, "a")
	problems := func(want evidence.Expected) string {
		t.Helper()
		report, err := evidence.Verify(t.Context(), dir, want)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, f := range report.Findings {
			all = append(all, f.Problem)
		}
		return strings.Join(all, " ")
	}
	if got := problems(evidence.Expected{Key: &public}); got != "signature" {
		t.Errorf("without a signature: got the problems %q", got)
	}
	report, err := evidence.Sign(t.Context(), dir, private)
	if err != nil || report.Key == "" || len(report.Findings) > 0 {
		t.Fatalf("got %+v, %v", report, err)
	}
	for _, test := range []struct {
		name     string
		want     evidence.Expected
		problems string
	}{
		{"nothing", evidence.Expected{}, ""},
		{"the key", evidence.Expected{Key: &public}, ""},
		{"another key", evidence.Expected{Key: &other}, "signature"},
		{"the hash", evidence.Expected{SHA256: strings.ToUpper(report.Manifest)}, ""},
		{"another hash", evidence.Expected{SHA256: strings.Repeat("0", 64)}, "manifest"},
	} {
		if got := problems(test.want); got != test.problems {
			t.Errorf("%s: got the problems %q, want %q", test.name, got, test.problems)
		}
	}
	save(t, dir, nil, "b")
	if got := problems(evidence.Expected{Key: &public}); got != "signature" {
		t.Errorf("after a further file: got the problems %q", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "c"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if report, err := evidence.Sign(t.Context(), dir, private); err != nil || len(report.Findings) != 1 || report.Key != "" {
		t.Errorf("a folder that is not in order was signed: %+v, %v", report, err)
	}
}

func TestVerifyEndsWithItsContext(t *testing.T) {
	dir := collect(t, nil, "a")
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("Ctrl-C")
	cancel(stop)
	if report, err := evidence.Verify(ctx, dir, evidence.Expected{}); !errors.Is(err, stop) {
		t.Errorf("got %v, %v", report, err)
	}
}

func TestFoldersWithoutManifest(t *testing.T) {
	dir := t.TempDir()
	var missing *evidence.ManifestError
	if _, err := evidence.Verify(t.Context(), dir, evidence.Expected{}); !errors.As(err, &missing) {
		t.Errorf("got %v, want a ManifestError", err)
	}
	if err := evidence.List(dir, func(*evidence.Entry) error { return nil }); !errors.As(err, &missing) {
		t.Errorf("got %v, want a ManifestError", err)
	}
	if _, err := evidence.Verify(t.Context(), filepath.Join(dir, "nowhere"), evidence.Expected{}); err == nil {
		t.Error("a folder that is not there was verified")
	}
}

// TestSources follows bytes from endpoints into the manifest.
func TestSources(t *testing.T) {
	book := evidence.NewBook()
	receive := func(data string, sensor int64) {
		book.Note(client.Receipt{SHA256: sha(data), Size: int64(len(data)), Kind: client.ReceiptFile, Product: "response", Sensor: sensor, Path: "c:\\" + data + "\n{"})
	}
	dir := t.TempDir()
	receive("a", 1)
	receive("b", 1)
	receive("b", 2)
	save(t, dir, book, "a", "b", "never received")
	receive("again", 3)
	save(t, dir, book, "again")
	type told struct {
		Name   string
		From   []int64
		SameAs int
	}
	var got []told
	list := func() {
		got = nil
		err := evidence.List(dir, func(e *evidence.Entry) error {
			line := told{Name: e.Name, SameAs: e.SameBytesAs}
			for _, s := range e.Sources {
				line.From = append(line.From, s.Sensor)
			}
			got = append(got, line)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	list()
	want := []told{{"a", []int64{1}, 0}, {"b", []int64{1, 2}, 0}, {"never received", nil, 0}, {"again", []int64{3}, 0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	// Further files with the same bytes have the endpoints that came since, and lead to the others.
	dir, book = t.TempDir(), evidence.NewBook()
	f, err := evidence.Open(dir, evidence.Config{Book: book})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i, sensor := range []int64{1, 2, 0} {
		if sensor > 0 {
			receive("same", sensor)
		}
		if _, err := f.Save(t.Context(), string(rune('a'+i)), strings.NewReader("same")); err != nil {
			t.Fatal(err)
		}
	}
	list()
	want = []told{{"a", []int64{1}, 0}, {"b", []int64{2}, 1}, {"c", nil, 2}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func sha(data string) [32]byte { return sha256.Sum256([]byte(data)) }
