package pack_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/bundle"
	"github.com/cbscript/cbscript/runtime/bundle/pack"
	"github.com/cbscript/cbscript/runtime/check"
	"github.com/cbscript/cbscript/runtime/scripttest"
	"github.com/cbscript/cbscript/runtime/servers"
)

const token = "99ab2c5e7d1f4a6b8c0d2e4f6a8b0c1d2e3f4a5b"

// options are those of a host without servers.
func options() pack.Options {
	return pack.Options{
		Check: check.Options{Surface: servers.NewSurface(), Known: []check.KnownValue{{Label: "token of the profile \"default\"", Value: token}}},
		Tests: scripttest.Config{Host: func(context.Context, string) (runtime.Config, func(), error) {
			return runtime.Config{Predeclared: builtins.Predeclared()}, nil, nil
		}},
	}
}

// hunts are the files of a directory that can be packed.
func hunts() map[string]string {
	return map[string]string{
		"ips.star":       "\"\"\"Networks.\"\"\"\nmeta(name = \"hunts\", version = \"1.2.0\", author = \"acme\", description = \"Hunts.\", needs = [])\nload(\"./lib/ip.star\", \"private\")\nemit(net = private[0])\n",
		"lib/ip.star":    "private = [\"10.0.0.0/8\"]\n",
		"ips_test.star":  "def test_ips():\n    assert.eq(test.run(\"./ips.star\").rows, [{\"net\": \"10.0.0.0/8\"}])\n",
		"data/ports.csv": "port,name\r\n443,https\r\n",
	}
}

func write(t testing.TB, dir string, files map[string]string) string {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestDir(t *testing.T) {
	dir := write(t, t.TempDir(), hunts())
	write(t, dir, map[string]string{".git/config": "[core]", "cbscript.lock": "# cbscript.lock 1: x\n"})
	b, review, err := pack.Dir(t.Context(), dir, options())
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	if err := fs.WalkDir(b.Files(), ".", func(name string, d fs.DirEntry, err error) error {
		if !d.IsDir() {
			files = append(files, name)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"data/ports.csv", "ips.star", "ips_test.star", "lib/ip.star"}, files); diff != "" {
		t.Errorf("files (-want +got)\n%s", diff)
	}
	if b.Ref().String() != "acme/hunts@1.2.0" || review.MetaFile != "ips.star" {
		t.Errorf("got %s, declared in %s", b.Ref(), review.MetaFile)
	}

	// Another copy, made in another order and at another time, with other modes, is the same bundle.
	copied := t.TempDir()
	for _, name := range []string{"lib/ip.star", "ips_test.star", "data/ports.csv", "ips.star"} {
		write(t, copied, map[string]string{name: hunts()[name]})
	}
	if err := os.Chmod(filepath.Join(copied, "ips.star"), 0o700); err != nil {
		t.Fatal(err)
	}
	again, _, err := pack.Dir(t.Context(), copied, options())
	if err != nil {
		t.Fatal(err)
	}
	if again.Digest() != b.Digest() {
		t.Errorf("got the digests %s and %s for the same files", b.Digest(), again.Digest())
	}
	if _, err := pack.Bundle(t.Context(), b, options().Check); err != nil {
		t.Errorf("the bundle does not pass its own review: %v", err)
	}
}

func TestDirRefuses(t *testing.T) {
	meta := func(text string) map[string]string { return map[string]string{"ips.star": text} }
	const declared = `meta(name = "hunts", version = "1.2.0", author = "acme", description = "Hunts.", needs = [%s])` + "\n"
	tests := []struct {
		name    string
		change  map[string]string // files to write over
		wantErr string
	}{
		{"no declaration", meta("emit(net = \"10.0.0.0/8\")\n"), "no script of the directory declares the bundle by meta()"},
		{"incomplete", meta("meta(name = \"hunts\", version = \"1.2.0\")\n"), "ips.star:1: meta() lacks author, description, needs"},
		{"no version", meta("meta(name = \"hunts\", author = \"acme\", description = \"x\", needs = [])\n"), "meta() lacks version"},
		{"bad version", meta("meta(name = \"hunts\", author = \"acme\", version = \"1.2\", description = \"x\", needs = [])\n"), `ips.star:1: "1.2": it is not a version`},
		{"bad author", meta("meta(name = \"hunts\", author = \"Acme Corp\", version = \"1.2.0\", description = \"x\", needs = [])\n"), `"Acme Corp" cannot be an author or a name`},
		{"computed version", meta("v = \"1.2.0\"\nmeta(name = \"hunts\", author = \"acme\", version = v, description = \"x\", needs = [])\n"), "version in meta() is not a literal text"},
		{"declared twice", map[string]string{"lib/ip.star": fmt.Sprintf(declared, "")}, "lib/ip.star:1: the bundle is declared again, after ips.star:2"},
		{"too narrow", meta(fmt.Sprintf(declared, "") + "for s in select(Sensor):\n    s.isolate()\n"), `capability "isolate" is not in meta(needs=)`},
		{"too narrow for another script", map[string]string{"out.star": "for s in select(Sensor):\n    s.isolate()\n"}, `ips.star:2: needs lacks "isolate", which out.star uses by isolate`},
		{"a product that is not among those declared", map[string]string{"ips.star": fmt.Sprintf(declared, `"response"`), "out.star": "load(\"cb/defense\", \"select\", \"Device\")\n"},
			`needs lacks "defense", which out.star uses by cb/defense`},
		{"a credential", map[string]string{"conf.star": "password = \"correct horse battery\"\n"}, "conf.star:1:12: error: "},
		{"the author's own token", map[string]string{"data/notes.txt": "as before: " + token + "\n"}, "data/notes.txt:1:12: error: known-value"},
		{"the author's own token in a test", map[string]string{"x_test.star": "def test_x():\n    assert.eq(\"" + token + "\", 1)\n"}, "known-value"},
		{"a syntax error", map[string]string{"broken.star": "def (:\n"}, "broken.star:1:6: error: syntax"},
		{"no tests", map[string]string{"ips_test.star": "\x00remove"}, "has no tests"},
		{"a failing test", map[string]string{"ips_test.star": "def test_ips():\n    fail(\"no\")\n"}, "1 of 1 tests failed"},
		{"a bundle that is not locked", map[string]string{"more.star": "load(\"bob/dns/d.star\", \"d\")\n"}, "the scripts load the bundle bob/dns, which is not locked"},
		{"a hidden file", map[string]string{".env": "X=1\n"}, `".env": it is a hidden file`},
		{"a name that Windows cannot store", map[string]string{"aux.star": "x = 1\n"}, `Windows knows a device by the name "aux.star"`},
		{"a manifest of its own", map[string]string{"cbscript.json": "{}"}, `"cbscript.json": it is the same name as "cbscript.json"`},
		{"a large file", map[string]string{"data/dump.bin": strings.Repeat("x", bundle.MaxSize)}, "with it the bundle has more than 16777216 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := hunts()
			for name, text := range tt.change {
				if files[name] = text; text == "\x00remove" {
					delete(files, name)
				}
			}
			b, _, err := pack.Dir(t.Context(), write(t, t.TempDir(), files), options())
			if err == nil || b != nil && err == nil || !strings.Contains(err.Error(), tt.wantErr) {
				t.Fatalf("got error %v, want one with %q", err, tt.wantErr)
			}
			if strings.Contains(err.Error(), token) {
				t.Errorf("the error has the token: %v", err)
			}
			var hinted interface{ Hint() string }
			if !errors.As(err, &hinted) || hinted.Hint() == "" {
				t.Errorf("the error has no hint: %v", err)
			}
		})
	}
}

func TestDirSymlinks(t *testing.T) {
	outside := write(t, t.TempDir(), map[string]string{"secret.txt": "x"})
	for name, target := range map[string]string{
		"to a file outside":   filepath.Join(outside, "secret.txt"),
		"to a file inside":    "ips.star",
		"to a folder outside": outside,
		"to nothing":          "missing",
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, t.TempDir(), hunts())
			if err := os.Symlink(target, filepath.Join(dir, "link")); err != nil {
				t.Skip(err)
			}
			_, _, err := pack.Dir(t.Context(), dir, options())
			if err == nil || !strings.Contains(err.Error(), `"link": it is a symbolic link`) {
				t.Errorf("got error %v", err)
			}
		})
	}
}

func TestDirChangedByItsTests(t *testing.T) {
	dir := write(t, t.TempDir(), hunts())
	o := options()
	o.Tests.Done = func(scripttest.Result) {
		write(t, dir, map[string]string{"lib/ip.star": "private = [\"0.0.0.0/0\"]\n"})
	}
	_, _, err := pack.Dir(t.Context(), dir, o)
	if err == nil || !strings.Contains(err.Error(), "its files were changed while its tests ran") {
		t.Errorf("got error %v", err)
	}
}

func TestDirRequires(t *testing.T) {
	files := hunts()
	files["more.star"] = "load(\"bob/dns/d.star\", \"d\")\nload(\"bob/dns/e.star\", \"e\")\n"
	o := options()
	locked := bundle.Requirement{Name: "bob/dns", Version: "0.1.0", Digest: bundle.DigestOf(nil)}
	o.Lock = o.Lock.With(locked).With(bundle.Requirement{Name: "bob/unused", Version: "0.1.0", Digest: bundle.DigestOf(nil)})
	b, _, err := pack.Dir(t.Context(), write(t, t.TempDir(), files), o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]bundle.Requirement{locked}, b.Manifest().Requires); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestDirCancelled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("Ctrl-C")
	cancel(why)
	if _, _, err := pack.Dir(ctx, write(t, t.TempDir(), hunts()), options()); !errors.Is(err, why) {
		t.Errorf("got error %v", err)
	}
}

// TestBundle reviews bundles that no cbscript pack has made.
func TestBundle(t *testing.T) {
	good := bundle.Manifest{Name: "acme/hunts", Version: "1.2.0", Description: "Hunts.", Needs: []string{}}
	with := func(change func(*bundle.Manifest)) bundle.Manifest { m := good; change(&m); return m }
	tests := []struct {
		name    string
		m       bundle.Manifest
		files   map[string]string
		wantErr string
	}{
		{"as it should be", good, nil, ""},
		{"another name", with(func(m *bundle.Manifest) { m.Name = "acme/hunt" }), nil, `the name in the bundle's manifest is "acme/hunt", in meta() it is "acme/hunts"`},
		{"another version", with(func(m *bundle.Manifest) { m.Version = "9.0.0" }), nil, `the version in the bundle's manifest is "9.0.0"`},
		{"another description", with(func(m *bundle.Manifest) { m.Description = "Nothing." }), nil, "the description in the bundle's manifest"},
		{"other needs", with(func(m *bundle.Manifest) { m.Needs = []string{"write"} }), nil, "the list of needs in the bundle's manifest"},
		{"hidden needs", good, map[string]string{"x.star": "for s in select(Sensor):\n    s.isolate()\n"}, `needs lacks "isolate", which x.star uses`},
		{"hidden requirement", good, map[string]string{"x.star": "load(\"bob/dns/d.star\", \"d\")\n"}, "the list of required bundles"},
		{"a credential", good, map[string]string{"x.star": "password = \"correct horse battery\"\n"}, "x.star:1:12: error: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			contents := map[string][]byte{}
			for _, files := range []map[string]string{hunts(), tt.files} {
				for name, text := range files {
					contents[name] = []byte(text)
				}
			}
			b, err := bundle.Build(tt.m, contents)
			if err != nil {
				t.Fatal(err)
			}
			_, err = pack.Bundle(t.Context(), b, options().Check)
			if (err == nil) != (tt.wantErr == "") || err != nil && !strings.Contains(err.Error(), tt.wantErr) {
				t.Errorf("got error %v, want one with %q", err, tt.wantErr)
			}
		})
	}
}

// TestReviewed loads a bundle that was installed before the check knew what to find in it.
func TestReviewed(t *testing.T) {
	files := map[string][]byte{"conf.star": []byte("password = \"correct horse battery\"\n")}
	b, err := bundle.Build(bundle.Manifest{Name: "acme/conf", Version: "1.0.0", Description: "Configuration."}, files)
	if err != nil {
		t.Fatal(err)
	}
	loader := &bundle.Loader{Store: bundle.NewStore(t.TempDir())}
	loader.Lock = loader.Lock.With(bundle.Requirement{Name: "acme/conf", Version: "1.0.0", Digest: b.Digest()})
	if err := loader.Store.Put(b, nil); err != nil {
		t.Fatal(err)
	}
	run := func(refused func(bundle.Ref, error) error) error {
		rt, err := runtime.New(runtime.Config{Bundles: &pack.Reviewed{Loader: loader, Check: options().Check, Refused: refused}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = rt.Run(t.Context(), &runtime.Script{Name: "main.star", Source: "load(\"acme/conf/conf.star\", \"password\")\n"})
		return err
	}
	if err := run(nil); err == nil || !strings.Contains(err.Error(), "bundle acme/conf@1.0.0: the check refuses it:\nconf.star:1:12: error: ") {
		t.Errorf("got error %v", err)
	}
	var told error
	if err := run(func(_ bundle.Ref, err error) error { told = err; return nil }); err != nil || told == nil {
		t.Errorf("got error %v; the host was told %v", err, told)
	}
}
