package bundle_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime/bundle"
)

// contents are the files of the tests' bundle.
func contents() map[string][]byte {
	return map[string][]byte{
		"net.star":       []byte("\"\"\"Network.\"\"\"\nload(\"./lib/ip.star\", \"private\")\n"),
		"lib/ip.star":    []byte("private = [\"10.0.0.0/8\"]\n"),
		"net_test.star":  []byte("def test_net():\n    assert.true(True)\n"),
		"data/ports.csv": []byte("port,name\r\n443,https\r\n"),
	}
}

func manifest() bundle.Manifest {
	return bundle.Manifest{Name: "acme/hunts", Version: "1.2.0", Description: "Hunts of the network.", Needs: []string{"write", "isolate"}}
}

func build(t testing.TB, m bundle.Manifest, files map[string][]byte) *bundle.Bundle {
	t.Helper()
	b, err := bundle.Build(m, files)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestDeterminism holds the format: another digest for these files would break every lock file there is.
func TestDeterminism(t *testing.T) {
	const want = "sha256:d50b9b552ae07fdc3f32bb12a91f03dca3f665ad777a3230ea58409b3d696386"
	a, b := build(t, manifest(), contents()), build(t, manifest(), contents())
	if !bytes.Equal(a.Bytes(), b.Bytes()) || a.Digest() != b.Digest() {
		t.Error("the same files gave different bytes")
	}
	if got := string(a.Digest()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	crlf := contents()
	crlf["lib/ip.star"] = []byte("private = [\"10.0.0.0/8\"]\r\n")
	if build(t, manifest(), crlf).Digest() == a.Digest() {
		t.Error("another line end gave the same digest")
	}
}

func TestRead(t *testing.T) {
	want := build(t, manifest(), contents())
	got, err := bundle.Read(bytes.Clone(want.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.Manifest(), got.Manifest()); diff != "" {
		t.Errorf("manifest (-want +got)\n%s", diff)
	}
	if got.Digest() != want.Digest() {
		t.Errorf("got digest %s, want %s", got.Digest(), want.Digest())
	}
	if diff := cmp.Diff([]string{"isolate", "write"}, got.Manifest().Needs); diff != "" {
		t.Errorf("needs (-want +got)\n%s", diff)
	}
	if err := fstest.TestFS(got.Files(), "net.star", "lib/ip.star", "net_test.star", "data/ports.csv"); err != nil {
		t.Error(err)
	}
	for name, content := range contents() {
		data, err := fs.ReadFile(got.Files(), name)
		if err != nil || !bytes.Equal(data, content) {
			t.Errorf("%s: got %q, %v; want %q", name, data, err, content)
		}
	}
	if _, err := fs.ReadFile(got.Files(), "cbscript.json"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the manifest is among the files: %v", err)
	}
}

// item is one entry of a tar file that a test changes.
type item struct {
	header  tar.Header
	content []byte
}

func items(t testing.TB, data []byte) []item {
	t.Helper()
	var list []item
	for r := tar.NewReader(bytes.NewReader(data)); ; {
		h, err := r.Next()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, item{*h, content})
	}
}

func tarOf(t testing.TB, list []item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, i := range list {
		h := i.header
		h.Size = int64(len(i.content))
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(i.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTamperedForm changes a bundle in ways that a reader of tar files would not mind.
func TestTamperedForm(t *testing.T) {
	added := func(name, content string) func(l []item) []item {
		return func(l []item) []item {
			h := l[1].header
			h.Name = name
			return append(l, item{h, []byte(content)})
		}
	}
	renamed := func(name string) func(l []item) []item {
		return func(l []item) []item { l[1].header.Name = name; return l }
	}
	inManifest := func(from, to string) func(l []item) []item {
		return func(l []item) []item {
			l[0].content = bytes.Replace(l[0].content, []byte(from), []byte(to), 1)
			return l
		}
	}
	tests := []struct {
		name    string
		change  func([]item) []item
		wantErr string
	}{
		{"nothing", func(l []item) []item { return l }, ""},
		{"changed byte", func(l []item) []item { l[2].content[0] ^= 1; return l }, `"lib/ip.star" is not the file that the manifest describes`},
		{"line ends", func(l []item) []item {
			l[2].content = bytes.ReplaceAll(l[2].content, []byte("\n"), []byte("\r\n"))
			return l
		}, `"lib/ip.star" is not the file that the manifest describes`},
		{"swapped files", func(l []item) []item { l[2].content, l[3].content = l[3].content, l[2].content; return l },
			`"lib/ip.star" is not the file that the manifest describes`},
		{"added file", added("zz.star", "x = 1"), `it holds "zz.star", which its manifest does not name`},
		{"removed file", func(l []item) []item { return l[:len(l)-1] }, `the manifest names "net_test.star", which is missing`},
		{"renamed file", renamed("data/porta.csv"), `the manifest names "data/ports.csv", which is missing`},
		{"twice", added("net_test.star", "x = 1"), `it holds "net_test.star" twice`},
		{"manifest again", added("cbscript.json", "{}"), `"cbscript.json": it is the same name as "cbscript.json"`},
		{"other order", func(l []item) []item { l[1], l[2] = l[2], l[1]; return l }, "it is not written as cbscript pack writes bundles"},
		{"manifest last", func(l []item) []item { return append(l[1:], l[0]) }, `it begins with "data/ports.csv"`},
		{"mode", func(l []item) []item { l[1].header.Mode = 0o755; return l }, "it is not written as cbscript pack"},
		{"time", func(l []item) []item { l[1].header.ModTime = time.Unix(1, 0); return l }, "it is not written as cbscript pack"},
		{"owner", func(l []item) []item { l[1].header.Uname = "root"; return l }, "it is not written as cbscript pack"},
		{"pax header", func(l []item) []item {
			l[1].header.Format, l[1].header.PAXRecords = tar.FormatPAX, map[string]string{"comment": "x"}
			return l
		}, "has a header that cbscript pack does not write"},
		{"symbolic link", func(l []item) []item {
			l[1].header.Typeflag, l[1].header.Linkname, l[1].content = tar.TypeSymlink, "/etc/passwd", nil
			return l
		}, `"data/ports.csv" is not a regular file`},
		{"hard link", func(l []item) []item {
			l[1].header.Typeflag, l[1].header.Linkname, l[1].content = tar.TypeLink, "net.star", nil
			return l
		}, "is not a regular file"},
		{"folder", func(l []item) []item {
			l[1].header.Typeflag, l[1].header.Name, l[1].content = tar.TypeDir, "data/", nil
			return l
		}, "is not a regular file"},
		{"device", func(l []item) []item { l[1].header.Typeflag, l[1].content = tar.TypeChar, nil; return l }, "is not a regular file"},
		{"up", renamed("../evil.star"), `"../evil.star": it is not a path inside the bundle`},
		{"up in the middle", renamed("data/../../evil.star"), "it is not a path inside the bundle"},
		{"absolute", renamed("/etc/evil.star"), "it is not a path inside the bundle"},
		{"drive", renamed("C:/evil.star"), `"C:" is not a name that every system can store`},
		{"backslash", renamed(`..\evil.star`), "it is a hidden file"},
		{"backslash inside", renamed(`data\evil.star`), "is not a name that every system can store"},
		{"device of Windows", renamed("data/NUL.csv"), `Windows knows a device by the name "NUL.csv"`},
		{"stream of Windows", renamed("data/x.star:evil"), "is not a name that every system can store"},
		{"trailing dot", renamed("data/x.star."), "is not a name that every system can store"},
		{"hidden", renamed("data/.env"), "it is a hidden file"},
		{"escape character", renamed("data/x\x1b[2J.star"), "is not a name that every system can store"},
		{"letter of another alphabet", func(l []item) []item {
			l[1].header.Format, l[1].header.Name = tar.FormatPAX, "data/p\u043erts.csv"
			return l
		}, "has a header that cbscript pack does not write"},
		{"case", added("NET.star", ""), `"net.star": it is the same name as "NET.star" on some systems`},
		{"folder and file", added("lib", ""), `"lib/ip.star": its folder is the same name as "lib" on some systems`},
		{"case of a folder", added("LIB/x.star", ""), `"lib/ip.star": its folder is the same name as "LIB" on some systems`},
		{"name in the manifest", inManifest("acme/hunts", "acme/../hunts"), `"acme/../hunts": "../hunts" cannot be an author or a name`},
		{"reserved author", inManifest("acme/hunts", "std/hunts"), `"std" is not an author`},
		{"version in the manifest", inManifest("1.2.0", "1.2"), `"1.2": it is not a version`},
		{"build metadata", inManifest("1.2.0", "1.2.0+x"), "it is not a version"},
		{"digest in the manifest", inManifest(`"sha256": "`, `"sha256": "0`), "is not the file that the manifest describes"},
		{"size in the manifest", inManifest(`"size": `, `"size": 1`), "is not the file that the manifest describes"},
		{"unknown key in the manifest", inManifest(`"format": 1,`, `"format": 1, "run": "x",`), `unknown field "run"`},
		{"key twice in the manifest", inManifest(`"format": 1,`, `"format": 1, "name": "bob/hunts",`), "it is not written as cbscript pack writes bundles"},
		{"other case in the manifest", inManifest(`"name"`, `"NAME"`), "it is not written as cbscript pack writes bundles"},
		{"more in the manifest", inManifest("\n}\n", "\n}\n{}"), "something follows the manifest"},
		{"other form of the manifest", inManifest("\n  ", "\n"), "it is not written as cbscript pack writes bundles"},
		{"newer format", inManifest(`"format": 1,`, `"format": 2,`), "its format is 2, and this program reads format 1"},
		{"order of needs", inManifest("\"isolate\",\n    \"write\"", "\"write\",\n    \"isolate\""), "it is not written as cbscript pack writes bundles"},
		{"control character in the description", inManifest("Hunts of", "Hunts\\u001b of"), "it cannot be a bundle's description"},
		{"turned writing in the description", inManifest("Hunts of", "Hunts\\u202e of"), "it cannot be a bundle's description"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			good := build(t, manifest(), contents()).Bytes()
			_, err := bundle.Read(tarOf(t, tt.change(items(t, good))))
			if tt.wantErr == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var form *bundle.FormatError
			if !errors.As(err, &form) || !strings.Contains(err.Error(), tt.wantErr) {
				t.Fatalf("got error %v, want a FormatError with %q", err, tt.wantErr)
			}
			if form.Hint() == "" || form.Kind() != "BundleError" {
				t.Errorf("got hint %q and kind %s", form.Hint(), form.Kind())
			}
		})
	}
}

func TestTamperedBytes(t *testing.T) {
	good := build(t, manifest(), contents()).Bytes()
	for name, data := range map[string][]byte{
		"empty":          {},
		"text":           []byte("load(\"x\")"),
		"cut":            good[:len(good)/2],
		"cut at a block": good[:1024],
		"more after it":  append(bytes.Clone(good), make([]byte, 512)...),
		"a second tar":   append(bytes.Clone(good), good...),
		"without end":    good[:len(good)-1024],
	} {
		if _, err := bundle.Read(data); err == nil {
			t.Errorf("%s: was read", name)
		}
	}
	// Every single byte of the files counts, also those of headers and padding. The texts of the manifest are its own.
	for i := bytes.Index(good, []byte("data/ports.csv\x00")); i < len(good); i += 7 {
		changed := bytes.Clone(good)
		changed[i] ^= 0x20
		if _, err := bundle.Read(changed); err == nil {
			t.Fatalf("a change of byte %d was not seen", i)
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	with := func(name string) map[string][]byte { return map[string][]byte{name: nil} }
	m := manifest()
	m.Requires = []bundle.Requirement{{Name: "acme/hunts", Version: "1.0.0", Digest: bundle.DigestOf(nil)}}
	many := map[string][]byte{}
	for i := range bundle.MaxFiles + 1 {
		many["f"+strings.Repeat("x", i%50)+"_"+string(rune('a'+i%26))+strings.Repeat("y", i/50)] = nil
	}
	tests := []struct {
		name    string
		m       bundle.Manifest
		files   map[string][]byte
		wantErr string
	}{
		{"requires itself", m, contents(), "a bundle cannot require itself"},
		{"long path", manifest(), with(strings.Repeat("x/", 60) + "y"), "the path is longer than 100 bytes"},
		{"deep path", manifest(), with(strings.Repeat("x/", 16) + "y"), "the path has more than 16 folders"},
		{"space", manifest(), with("a b.star"), "is not a name that every system can store"},
		{"dash", manifest(), with("-rf"), "is not a name that every system can store"},
		{"too many files", manifest(), many, "it is one file too many"},
		{"too large", manifest(), map[string][]byte{"x": make([]byte, bundle.MaxSize+1)}, "at most 16777216 are allowed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := bundle.Build(tt.m, tt.files)
			if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
				t.Errorf("got error %v, want one with %q", err, tt.wantErr)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(build(f, manifest(), contents()).Bytes())
	f.Add(build(f, manifest(), nil).Bytes())
	f.Add([]byte("cbscript.json"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := bundle.Read(data)
		if err != nil {
			return
		}
		if !bytes.Equal(b.Bytes(), data) || b.Digest() != bundle.DigestOf(data) {
			t.Error("a bundle was read from other bytes than it has")
		}
		if bundle.CheckName(b.Manifest().Name) != nil || bundle.CheckVersion(b.Manifest().Version) != nil {
			t.Errorf("read the reference %s", b.Ref())
		}
	})
}

// FuzzBuild holds that whatever can be written can be read, and is then the same.
func FuzzBuild(f *testing.F) {
	f.Add("acme/hunts", "1.2.0", "Hunts.", "isolate", "lib/ip.star", []byte("x = 1\n"))
	f.Add("a/b", "1.2.0-rc.1", "<Hunts> & \u00e9.", "", "a+b@c_d-e.f/g", []byte{0, 0xff})
	f.Fuzz(func(t *testing.T, name, version, description, need, file string, content []byte) {
		m := bundle.Manifest{Name: name, Version: version, Description: description, Needs: []string{need}}
		b, err := bundle.Build(m, map[string][]byte{file: content, "x.star": content})
		if err != nil {
			return
		}
		again, err := bundle.Read(b.Bytes())
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if diff := cmp.Diff(b.Manifest(), again.Manifest()); diff != "" || again.Digest() != b.Digest() {
			t.Errorf("reading gives something else (-written +read)\n%s", diff)
		}
	})
}
