package runtime_test

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/runtime"
)

// watched are files whose every opening is noted.
type watched struct {
	fs.FS
	mu     sync.Mutex
	opened []string
}

func (w *watched) Open(name string) (fs.File, error) {
	w.mu.Lock()
	w.opened = append(w.opened, name)
	w.mu.Unlock()
	return w.FS.Open(name)
}

// watchedBundles are bundles that are asked for by name.
type watchedBundles struct {
	files fs.FS
	asked []string
}

func (b *watchedBundles) Files(_ context.Context, name string) (fs.FS, error) {
	b.asked = append(b.asked, name)
	return b.files, nil
}

// FuzzLoad holds for any module name, in a script, in a file of the standard library and in one of a bundle, that what is
// opened lies below the root of whoever loads it, that the host is asked by the names that it has, and that the run ends with
// an error of the load or with none.
func FuzzLoad(f *testing.F) {
	for _, name := range []string{"./lib/a.star", "../a.star", "../../a.star", "./../../../etc/passwd.star", "/etc/passwd", "std/lists", "std/../x", "std/", "cb/response", "cb/../x",
		"acme/hunts/x.star", "acme/hunts/../../x.star", "acme/../x/y.star", "../acme/x.star", "a/b/c/d/e.star", "./a\x00.star", ".\\a.star", "C:\\x.star", "C:/x.star", "file:///x.star",
		"http://h/x.star", "./..../a.star", "./%2e%2e/a.star", "././a.star", ".//a.star", "./a.star/", "", ".", "..", "./.star", "./main.star", "acme//x.star", "CB/response", "std/lists.star",
		"./\u2025/a.star", "./lib/../lib/a.star", strings.Repeat("../", 50) + "a.star", strings.Repeat("a/", 500) + "a.star"} {
		f.Add(name)
	}
	host := map[string]runtime.ModuleFunc{"cb/response": func(*starlark.Thread) (starlark.StringDict, error) {
		return starlark.StringDict{"x": starlark.None}, nil
	}}
	f.Fuzz(func(t *testing.T, name string) {
		text := []byte("load(" + starlark.String(name).String() + ", \"x\")\n")
		for _, from := range []string{"./deep/in/here.star", "std/deep/in/here", "acme/hunts/deep/in/here.star"} {
			at := map[string]*watched{}
			for _, root := range []string{"own", "std", "bundle"} {
				at[root] = &watched{FS: fstest.MapFS{"deep/in/here.star": {Data: text}, "hunts/deep/in/here.star": {Data: text}, "a.star": {Data: []byte("x = 1")}}}
			}
			bundles := &watchedBundles{files: at["bundle"]}
			rt, err := runtime.New(runtime.Config{Std: at["std"], Modules: host, Bundles: bundles})
			if err != nil {
				t.Fatal(err)
			}
			_, err = rt.Run(t.Context(), &runtime.Script{Name: "hunts/main.star", Source: fmt.Sprintf("load(%q, \"x\")\n", from), Files: at["own"], Path: "hunts/main.star"})
			if code := runtime.ExitCode(err); code != runtime.ExitDone && code != runtime.ExitScript {
				t.Errorf("load of %q from %s: exit code %d, %v", name, from, code, err)
			}
			for _, asked := range bundles.asked {
				if strings.Count(asked, "/") != 1 || !fs.ValidPath(asked) {
					t.Errorf("load of %q from %s asks for the bundle %q", name, from, asked)
				}
			}
			for root, files := range at {
				for _, opened := range files.opened {
					if !fs.ValidPath(opened) || path.Clean(opened) != opened {
						t.Errorf("load of %q from %s opens %q in %s", name, from, opened, root)
					}
				}
			}
			if !strings.HasPrefix(from, "./") && len(at["own"].opened) > 0 {
				t.Errorf("load of %q from %s opens %q beside the script", name, from, at["own"].opened)
			}
		}
	})
}
