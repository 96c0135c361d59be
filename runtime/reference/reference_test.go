package reference_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/runtime/reference"
	"github.com/cbscript/cbscript/runtime/servers"
)

func pages() map[string]string {
	out := map[string]string{}
	for _, p := range reference.Pages(servers.Products(), builtins.All()) {
		out[p.Name] = p.Text
	}
	return out
}

// TestEverythingIsThere holds that no name of the tables is missing, and that each is said something about.
func TestEverythingIsThere(t *testing.T) {
	all := pages()
	for _, product := range servers.Products() {
		for _, c := range product.Calls {
			if !strings.Contains(all[product.Name+"/README.md"], "### `cb."+c.Name) {
				t.Errorf("%s lacks the call %s", product.Name, c.Name)
			}
		}
		for _, k := range product.Kinds {
			page := all[product.Name+"/"+k.Name+".md"]
			if k.Doc == "" {
				t.Errorf("%s has no doc", k.Name)
			}
			for _, name := range k.Names() {
				a, _ := k.Attribute(name)
				want := "| `" + name + "` |"
				if a.Method != nil {
					want = "### `." + name + "("
				}
				if k.Allows != 0 && !strings.Contains(page, want) {
					t.Errorf("the page of %s lacks %s", k.Name, name)
				}
				if a.Doc() == "" {
					t.Errorf("%s.%s has no doc", k.Name, name)
				}
			}
			for _, m := range k.QueryMethods() {
				if !strings.Contains(page, "### `."+m.Name) {
					t.Errorf("the page of %s lacks the query method %s", k.Name, m.Name)
				}
				if m.Capability != client.Read && !strings.Contains(page, "Needs `--allow "+string(m.Capability)+"`") {
					t.Errorf("the page of %s lacks what %s needs", k.Name, m.Name)
				}
			}
		}
	}
	for _, product := range servers.Products() {
		for _, r := range product.Records {
			page := all[product.Name+"/"+r.Name+".md"]
			if r.Doc == "" || !strings.Contains(all[product.Name+"/README.md"], "]("+r.Name+".md)") {
				t.Errorf("%s has no doc, or its product does not name it", r.Name)
			}
			for _, a := range r.Attributes {
				if a.Doc == "" || a.Returns == "" || !strings.Contains(page, "| `"+a.Name+"` |") {
					t.Errorf("%s.%s has no doc or no type, or its page lacks it", r.Name, a.Name)
				}
			}
			for _, m := range r.Methods {
				if m.Doc == "" || !strings.Contains(page, "### `."+m.Name+"(") {
					t.Errorf("%s.%s has no doc, or its page lacks it", r.Name, m.Name)
				}
				if m.Capability != client.Read && !strings.Contains(page, "Needs `--allow "+string(m.Capability)+"`") {
					t.Errorf("the page of %s lacks what %s needs", r.Name, m.Name)
				}
			}
		}
	}
	for _, b := range builtins.All() {
		for _, b := range append([]builtins.Builtin{b}, b.Members...) {
			if len(b.Members) == 0 && !strings.Contains(all["builtins.md"], "### `"+b.Signature()+"`") {
				t.Errorf("the builtins lack %s", b.Name)
			}
		}
	}
}

// TestLinks holds that every link leads to a page of the reference, or to a file of the repository.
func TestLinks(t *testing.T) {
	all := pages()
	link := regexp.MustCompile(`\]\(([^)]+)\)`)
	for name, text := range all {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target := path.Join(path.Dir(name), m[1])
			if _, ok := all[target]; ok {
				continue
			}
			if _, err := os.Stat(filepath.Join("..", "..", "docs", "reference", filepath.FromSlash(target))); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
		if !strings.HasPrefix(text, reference.Mark+"\n") || !strings.HasSuffix(text, "\n") || strings.Contains(text, "\n\n\n") {
			t.Errorf("%s has a bad form", name)
		}
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	page := func(name, text string) reference.Page {
		return reference.Page{Name: name, Text: reference.Mark + "\n" + text + "\n"}
	}
	must := func(got []string, err error) []string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	first := []reference.Page{page("README.md", "one"), page("a/B.md", "two")}
	for _, want := range [][]string{{"README.md", "a/B.md"}, nil} {
		if diff := cmp.Diff(want, must(reference.Write(dir, first))); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	write("own.md", "by hand\n")
	write("README.md", strings.ReplaceAll(first[0].Text, "\n", "\r\n"))
	second := []reference.Page{first[0], page("a/C.md", "three")}
	if diff := cmp.Diff([]string{"a/B.md", "a/C.md"}, must(reference.Compare(dir, second))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	must(reference.Write(dir, second))
	for name, want := range map[string]bool{"a/B.md": false, "a/C.md": true, "own.md": true} {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); (err == nil) != want {
			t.Errorf("%s: %v, want it there: %v", name, err, want)
		}
	}
	if err := os.RemoveAll(filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	write("a", "in the way")
	if _, err := reference.Write(dir, second); err == nil {
		t.Error("a folder that cannot be made gave no error")
	}
}
