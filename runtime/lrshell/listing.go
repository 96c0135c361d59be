package lrshell

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/runtime/output"
)

// entry is a file or directory of the endpoint.
type entry struct {
	name       string
	attributes []string
	size       any // int64, or nil when the endpoint does not tell
	created    any // time.Time in UTC, or nil
	written    any
	accessed   any
}

func (e entry) isDir() bool {
	for _, a := range e.attributes {
		if a == "DIRECTORY" {
			return true
		}
	}
	return false
}

// row is the entry for a listing: with all of its times when it is long.
func (e entry) row(long bool) output.Row {
	size := e.size
	if e.isDir() {
		size = nil
	}
	row := output.Row{{Name: "attributes", Value: strings.ToLower(strings.Join(e.attributes, " "))}, {Name: "size", Value: size}}
	if long {
		row = append(row, output.Cell{Name: "created", Value: e.created}, output.Cell{Name: "accessed", Value: e.accessed})
	}
	return append(row, output.Cell{Name: "written", Value: e.written}, output.Cell{Name: "name", Value: e.name})
}

// entries lists what a path names, as the endpoint does: it ends with a separator, with a pattern, or is one entry.
func (s *Shell) entries(ctx context.Context, path string) ([]entry, error) {
	docs, err := s.c.Session.ListDirectory(ctx, path)
	if err != nil {
		return nil, err
	}
	found := make([]entry, 0, len(docs))
	for _, doc := range docs {
		fields, _ := doc.(map[string]any)
		e := entry{created: when(fields["create_time"]), written: when(fields["last_write_time"]), accessed: when(fields["last_access_time"])}
		e.name, _ = fields["filename"].(string)
		if e.name == "." || e.name == ".." {
			continue
		}
		list, _ := fields["attributes"].([]any)
		for _, a := range list {
			if text, ok := a.(string); ok {
				e.attributes = append(e.attributes, text)
			}
		}
		if size, ok := whole(fields["size"]); ok {
			e.size = size
		}
		found = append(found, e)
	}
	return found, nil
}

// inside lists a directory, and keeps the listing for completion. The top of an empty drive answers that nothing was
// found, which is no error.
func (s *Shell) inside(ctx context.Context, dir string) ([]entry, error) {
	found, err := s.entries(ctx, s.paths.join(dir, "*"))
	var failed *liveresponse.Error
	if errors.As(err, &failed) && failed.Code.Symbol == "ERROR_FILE_NOT_FOUND" {
		if _, missing := s.find(ctx, dir); missing == nil {
			found, err = []entry{}, nil
		}
	}
	if err == nil {
		s.known.put("dir "+s.paths.key(dir), found)
	}
	return found, err
}

// find gives the entry of a path. The top of a drive or a file system has none of its own everywhere.
func (s *Shell) find(ctx context.Context, path string) (entry, error) {
	if s.paths.isRoot(path) {
		return entry{name: path, attributes: []string{"DIRECTORY"}}, nil
	}
	found, err := s.entries(ctx, path)
	if err != nil {
		return entry{}, err
	}
	for _, e := range found {
		if s.paths.equal(e.name, s.paths.base(path)) || len(found) == 1 {
			return e, nil
		}
	}
	return entry{}, usage("dir shows what is there", "the endpoint tells nothing about %q", path)
}

// matches gives the absolute paths that an argument stands for: itself, or what its pattern names.
func (s *Shell) matches(ctx context.Context, text string) (paths []string, isPattern bool, err error) {
	path := s.abs(text)
	if !strings.ContainsAny(s.paths.base(path), "*?") {
		return []string{path}, false, nil
	}
	found, err := s.entries(ctx, path)
	if err != nil {
		return nil, true, err
	}
	dir := s.paths.abs(path, "..")
	for _, e := range found {
		paths = append(paths, s.paths.join(dir, e.name))
	}
	return paths, true, nil
}

// when reads a time in seconds since 1970; nil for what is none.
func when(v any) any {
	switch v := v.(type) {
	case int64:
		return time.Unix(v, 0).UTC()
	case float64:
		return time.Unix(0, int64(v*1e9)).UTC().Truncate(time.Microsecond)
	}
	return nil
}

// whole reads a whole number, which some servers write with a fraction.
func whole(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case float64:
		return int64(v), true
	}
	return 0, false
}
