package reference

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Write writes the pages below a folder, and removes pages that it wrote earlier and that there are no more: a file that
// does not begin with [Mark] stays. It gives the names of the files that it changed, sorted.
func Write(dir string, pages []Page) (changed []string, err error) {
	stale, err := Compare(dir, pages)
	if err != nil {
		return nil, err
	}
	wanted := byName(pages)
	for _, name := range stale {
		file := filepath.Join(dir, filepath.FromSlash(name))
		text, ok := wanted[name]
		if !ok {
			err = os.Remove(file)
		} else if err = os.MkdirAll(filepath.Dir(file), 0o755); err == nil {
			err = os.WriteFile(file, []byte(text), 0o644)
		}
		if err != nil {
			return nil, fmt.Errorf("write the reference: %w", err)
		}
	}
	return stale, nil
}

// Compare gives the names of the pages that are not as they should be, sorted: not there, different, or there although
// they should not be. A folder that does not exist has none of them.
func Compare(dir string, pages []Page) (stale []string, err error) {
	wanted := byName(pages)
	for _, name := range pagesIn(dir) {
		if _, ok := wanted[name]; !ok {
			stale = append(stale, name)
		}
	}
	for name, text := range wanted {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read the reference: %w", err)
		}
		// A checkout may have other line ends.
		if err != nil || strings.ReplaceAll(string(got), "\r\n", "\n") != text {
			stale = append(stale, name)
		}
	}
	slices.Sort(stale)
	return stale, nil
}

func byName(pages []Page) map[string]string {
	out := make(map[string]string, len(pages))
	for _, p := range pages {
		out[p.Name] = p.Text
	}
	return out
}

// pagesIn lists the pages below a folder, sorted: the files that begin with the mark.
func pagesIn(dir string) []string {
	var names []string
	_ = filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(file) != ".md" {
			return nil // what cannot be read is no page of ours
		}
		text, err := os.ReadFile(file)
		if err == nil && strings.HasPrefix(string(text), Mark) {
			if name, err := filepath.Rel(dir, file); err == nil {
				names = append(names, filepath.ToSlash(name))
			}
		}
		return nil
	})
	return names
}
