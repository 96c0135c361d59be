package liveresponse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/cbscript/cbscript/client"
)

// GetRawFile gives a file of the endpoint as it arrives from the server. The caller closes it.
func (s *Session) GetRawFile(ctx context.Context, path string, poll Poll) (*client.File, error) {
	return s.getPart(ctx, path, nil, poll)
}

// GetPart gives a part of a file: at most count bytes, or all that there are when count is 0, after the first offset
// bytes.
func (s *Session) GetPart(ctx context.Context, path string, offset, count int64, poll Poll) (*client.File, error) {
	fields := map[string]any{}
	if offset > 0 {
		fields["offset"] = offset
	}
	if count > 0 {
		fields["get_count"] = count
	}
	return s.getPart(ctx, path, fields, poll)
}

func (s *Session) getPart(ctx context.Context, path string, fields map[string]any, poll Poll) (*client.File, error) {
	doc, l, err := s.run(ctx, command{name: "get file", object: path, fields: fields}, poll)
	if err != nil {
		return nil, err
	}
	content, err := client.JoinPath(l.path+"/file", fmt.Sprint(doc["file_id"]), "content")
	if err != nil {
		return nil, client.Errorf("the server gave no number for the file %q of sensor %d: %w", path, s.ch.e.ID, err)
	}
	stream, err := s.ch.m.c.Stream(ctx, client.Request{Path: content})
	if err != nil {
		return nil, err
	}
	return &client.File{Name: baseName(path), Size: stream.Size(), ReadCloser: stream}, nil
}

// GetFile gives the bytes of a file of the endpoint.
func (s *Session) GetFile(ctx context.Context, path string, poll Poll) ([]byte, error) {
	for try := 1; ; try++ {
		data, err := s.getFile(ctx, path, poll)
		if err == nil || try == mostRepeats || !passing(err) || ctx.Err() != nil {
			return data, err
		}
	}
}

func (s *Session) getFile(ctx context.Context, path string, poll Poll) ([]byte, error) {
	file, err := s.GetRawFile(ctx, path, poll)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var buf bytes.Buffer
	if file.Size > 0 {
		buf.Grow(int(min(file.Size, 64<<20)) + bytes.MinRead)
	}
	_, err = buf.ReadFrom(file)
	return buf.Bytes(), err
}

// baseName is the last part of a path of any system.
func baseName(path string) string { return path[strings.LastIndexAny(path, `\/`)+1:] }

// PutFile writes data into a new file of the endpoint. It is read to its end; what is no *bytes.Reader can be sent once
// only, so that a session which the server dropped meanwhile is an error.
func (s *Session) PutFile(ctx context.Context, data io.Reader, path string) error {
	sent := false
	c := command{name: "put file", object: path, changes: true}
	c.prepare = func(ctx context.Context, l *live) (map[string]any, error) {
		if again, ok := data.(io.Seeker); sent && ok {
			if _, err := again.Seek(0, io.SeekStart); err != nil {
				return nil, err
			}
		} else if sent {
			return nil, client.Errorf("put file %q on sensor %d: the server dropped the session, and the data cannot be read again", path, s.ch.e.ID)
		}
		sent = true
		id, err := s.upload(ctx, c, l, data)
		return map[string]any{"file_id": id}, err
	}
	_, err := s.do(ctx, c)
	return err
}

// upload stores data on the server, for the endpoint to fetch. It gives the file's number.
func (s *Session) upload(ctx context.Context, c command, l *live, data io.Reader) (any, error) {
	request := client.Request{Method: http.MethodPost, Path: l.path + "/file", Change: s.ch.change(c)}
	request.Change.Action += ": upload"
	if memory, ok := data.(*bytes.Reader); ok {
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		if err := writeForm(w, baseName(c.path()), memory); err != nil {
			return nil, err
		}
		request.Body, request.ContentType = form.Bytes(), w.FormDataContentType()
	} else {
		r, pipe := io.Pipe()
		w := multipart.NewWriter(pipe)
		go func() { pipe.CloseWithError(writeForm(w, baseName(c.path()), data)) }()
		defer r.Close() // ends the writer when the request was not sent
		request.Body, request.ContentType = io.Reader(r), w.FormDataContentType()
	}
	resp, err := s.ch.m.c.Do(ctx, request)
	if err != nil {
		return nil, err
	}
	if resp.Skipped {
		return 0, nil
	}
	answer, err := s.ch.m.c.JSON(resp)
	if err != nil {
		return nil, err
	}
	doc, _ := answer.Any().(map[string]any)
	if doc["id"] == nil {
		return nil, client.Errorf("the server gave no number for the file that was uploaded for sensor %d", s.ch.e.ID)
	}
	return doc["id"], nil
}

func writeForm(w *multipart.Writer, name string, data io.Reader) error {
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = io.Copy(part, data)
	}
	if err != nil {
		return err
	}
	return w.Close()
}

// DeleteFile deletes a file of the endpoint.
func (s *Session) DeleteFile(ctx context.Context, path string) error {
	_, err := s.do(ctx, command{name: "delete file", object: path, changes: true})
	return err
}

// CreateDirectory makes a directory on the endpoint.
func (s *Session) CreateDirectory(ctx context.Context, path string) error {
	_, err := s.do(ctx, command{name: "create directory", object: path, changes: true})
	return err
}

// ListDirectory gives the entries that a path names: it ends with the separator, or with a pattern such as *. An entry
// has filename, attributes, size and times in seconds since 1970.
func (s *Session) ListDirectory(ctx context.Context, path string) ([]any, error) {
	doc, err := s.do(ctx, command{name: "directory list", object: path})
	return listOf(doc, "files"), err
}

// listOf gives a field that is a list, and an empty one for a field that is not there.
func listOf(doc map[string]any, name string) []any {
	list, _ := doc[name].([]any)
	if list == nil {
		list = []any{}
	}
	return list
}

// Walk goes through the directories below top, a directory before those in it unless bottomUp. It yields lists of three:
// the directory, the names of the directories in it and those of the files. A directory that cannot be listed is left
// out: the error is given to onError, or logged when there is none. An error that onError gives back is the end.
func (s *Session) Walk(ctx context.Context, top string, bottomUp bool, onError func(error) error) client.Sequence {
	return func(yield func(any, error) bool) { s.walk(ctx, top, bottomUp, onError, yield) }
}

func (s *Session) walk(ctx context.Context, top string, bottomUp bool, onError func(error) error, yield func(any, error) bool) bool {
	entries, err := s.ListDirectory(ctx, s.PathJoin(top, "*"))
	if err != nil {
		var failed *Error
		if errors.As(err, &failed) && ctx.Err() == nil {
			if onError == nil {
				s.ch.m.c.Log().WarnContext(ctx, "a directory was left out", "error", err)
				return true
			}
			if err = onError(err); err == nil {
				return true
			}
		}
		yield(nil, err)
		return false
	}
	dirs, files := []any{}, []any{}
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		switch name, _ := entry["filename"].(string); {
		case name == "." || name == "..":
		case hasAttribute(entry, "DIRECTORY"):
			dirs = append(dirs, name)
		default:
			files = append(files, name)
		}
	}
	here := []any{top, dirs, files}
	if !bottomUp && !yield(here, nil) {
		return false
	}
	for _, name := range dirs {
		if !s.walk(ctx, s.PathJoin(top, name.(string)), bottomUp, onError, yield) {
			return false
		}
	}
	return !bottomUp || yield(here, nil)
}

func hasAttribute(entry map[string]any, name string) bool {
	for _, a := range listOf(entry, "attributes") {
		if a == name {
			return true
		}
	}
	return false
}
