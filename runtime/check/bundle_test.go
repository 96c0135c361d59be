package check_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime/check"
)

// allPlaces gives the places of the findings of several reports.
func allPlaces(reports []check.Report) []string {
	out := []string{}
	for _, r := range reports {
		out = append(out, places(r)...)
	}
	return out
}

func TestDir(t *testing.T) {
	gen := newGenerator(11)
	fsys := fstest.MapFS{
		"hunt.star":          {Data: []byte(gen.fill(t, "load(\"./lib/x.star\", \"go\")\nX = \"{{hex40}}\"\n"))},
		"lib/x.star":         {Data: []byte("def go(s):\n    s.isolate()\n")},
		"lib/broken.star":    {Data: []byte("class X:\n")},
		"README.md":          {Data: []byte(gen.fill(t, "# Hunt\n\n    curl -H 'X-Auth-Token: {{hex40}}' https://cb\n\nBased on commit {{hex40}}.\n"))},
		"iocs.csv":           {Data: []byte(gen.fill(t, "sha1,name\n{{hex40}},a password stealer\n{{guid}},token theft\n"))},
		"fixtures/a.json":    {Data: []byte(gen.fill(t, `{"user": "bob", "auth_token": "{{hex40}}", "id": "{{guid}}"}`))},
		"credentials.ini":    {Data: []byte(gen.fill(t, "[default]\nurl=https://cb\ntoken={{hex40}}\nrabbitmq_pass = {{alnum12}}\n"))},
		"notes.txt":          {Data: []byte("the word password: required\n")},
		"image.png":          {Data: append([]byte{0x89, 'P', 'N', 'G', 0xff, 0xfe, 0, 1}, []byte("known-secret-text")...)},
		"utf16.txt":          {Data: append([]byte{0xff, 0xfe}, encodeUTF16(gen.fill(t, "a\nsee ghp_{{alnum36}}\n"))...)},
		".git/config":        {Data: []byte("[remote]\nurl = https://u:pass1234!@host/x\n")},
		".github/hooks.yaml": {Data: []byte(gen.fill(t, "a: 1\nkey: {{key}}\n"))},
	}
	opts := check.Options{Surface: surface{}, Known: []check.KnownValue{{Label: "token of profile x", Value: "known-secret-text"}}}
	reports, err := check.Dir(t.Context(), fsys, ".", opts)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		".github/hooks.yaml:2:6 cb-defense-key",
		"README.md:3:28 auth-header",
		"credentials.ini:3:7 cb-response-token", "credentials.ini:4:17 assigned-secret",
		"fixtures/a.json:1:32 cb-response-token",
		"hunt.star:2:5 bare-hex-40",
		"image.png:1:9 known-value",
		"lib/broken.star:1:1 syntax",
		"utf16.txt:2:5 github-token",
	}
	if diff := cmp.Diff(want, allPlaces(reports)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	for _, r := range reports {
		if r.File == "hunt.star" && (len(r.Needs.Capabilities) != 1 || r.Needs.Capabilities[0].Name != "isolate") {
			t.Errorf("needs of hunt.star %+v, want isolate by way of its module", r.Needs)
		}
		if r.Script != strings.HasSuffix(r.File, ".star") {
			t.Errorf("%s: script %t", r.File, r.Script)
		}
	}
}

// TestFileNotRead holds that what was not checked is an error and not a pass.
func TestFileNotRead(t *testing.T) {
	fsys := fstest.MapFS{
		"big.bin":  {Data: make([]byte, 101)},
		"big.star": {Data: make([]byte, 1<<20+1)},
		"link":     {Mode: fs.ModeSymlink},
		"ok.txt":   {Data: make([]byte, 100)},
	}
	reports, err := check.Dir(t.Context(), fsys, ".", check.Options{MaxFileSize: 100})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"big.bin:0:0 not-read", "big.star:0:0 not-read", "link:0:0 not-read"}
	if diff := cmp.Diff(want, allPlaces(reports)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	for _, name := range []string{"missing.txt", "missing.star", "big.star"} {
		r, err := check.File(t.Context(), fsys, name, check.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{name + ":0:0 not-read"}, places(r)); diff != "" {
			t.Errorf("findings (-want +got):\n%s", diff)
		}
	}
}

// TestKnownShortOnce holds that a bundle says once which values were not looked for.
func TestKnownShortOnce(t *testing.T) {
	fsys := fstest.MapFS{"a.star": {Data: []byte("x = 1\n")}, "b.star": {Data: []byte("x = 1\n")}, "c.txt": {}}
	opts := check.Options{Known: []check.KnownValue{{Label: "proxy password", Value: "abc"}}}
	reports, err := check.Dir(t.Context(), fsys, ".", opts)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a.star:0:0 known-value-short"}, allPlaces(reports)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestPaths(t *testing.T) {
	dir := t.TempDir()
	script := []byte(newGenerator(12).fill(t, "token = \"{{hex40}}\"\n"))
	for _, name := range []string{"a.star", "sub/b.star"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, script, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	reports, err := check.Paths(t.Context(), []string{"sub", "a.star", "./a.star"}, check.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join("sub", "b.star") + ":1:9 cb-response-token", "a.star:1:9 cb-response-token", "./a.star:1:9 cb-response-token"}
	if diff := cmp.Diff(want, allPlaces(reports)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if _, err := check.Paths(t.Context(), []string{"no-such"}, check.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want one that the path does not exist", err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	fsys := fstest.MapFS{"a.star": {Data: []byte("x = 1\n")}}
	if _, err := check.Dir(ctx, fsys, ".", check.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Dir: error %v, want %v", err, context.Canceled)
	}
	if _, err := check.File(ctx, fsys, "a.star", check.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("File: error %v, want %v", err, context.Canceled)
	}
}

// TestModuleOutside holds that a module above the bundle is not read for the needs of a script.
func TestModuleOutside(t *testing.T) {
	fsys := fstest.MapFS{"a.star": {Data: []byte("load(\"../x.star\", \"x\")\nload(\"./none.star\", \"y\")\n")}}
	r, err := check.File(t.Context(), fsys, "a.star", check.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"./../x.star", "./none.star"}, r.Needs.Unread); diff != "" {
		t.Errorf("unread (-want +got):\n%s%s", diff, fmt.Sprint(r.Findings))
	}
}
