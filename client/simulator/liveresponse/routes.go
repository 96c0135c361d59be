package liveresponse

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// Routes gives the API of Cb Response. Source: contract/live-response.md, sections 1 and 2.
func (s *Service) Routes() []route.Route {
	const base = "/api/v1/cblr/session"
	list := []route.Route{
		{Method: http.MethodGet, Path: base, Handle: s.list},
		{Method: http.MethodPost, Path: base, Handle: s.createSession},
		{Method: http.MethodPut, Path: base + "/{session}", Handle: s.putSession},
	}
	for _, r := range s.shared(plainRefusal) {
		r.Path = base + r.Path
		list = append(list, r)
	}
	return list
}

// shared gives the routes below a session that the products have in common, without the base.
func (s *Service) shared(refuse func(*refusal) route.Reply) []route.Route {
	on := func(method, at string, handle func(*route.Call) (route.Reply, *refusal)) route.Route {
		return route.Route{Method: method, Path: at, Handle: func(c *route.Call) route.Reply {
			s.mu.Lock()
			defer s.mu.Unlock()
			reply, bad := handle(c)
			if bad != nil {
				return refuse(bad)
			}
			return reply
		}}
	}
	return []route.Route{
		on(http.MethodGet, "/{session}", s.getSession),
		on(http.MethodGet, "/{session}/keepalive", s.keepalive),
		on(http.MethodGet, "/{session}/archive", s.archive),
		on(http.MethodGet, "/{session}/command", s.listCommands),
		on(http.MethodPost, "/{session}/command", s.postCommand),
		on(http.MethodGet, "/{session}/command/{command}", s.getCommand),
		on(http.MethodPut, "/{session}/command/{command}", s.putCommand),
		on(http.MethodGet, "/{session}/file", s.listFiles),
		on(http.MethodPost, "/{session}/file", s.upload),
		on(http.MethodGet, "/{session}/file/{file}", s.getFile),
		on(http.MethodDelete, "/{session}/file/{file}", s.deleteFile),
		on(http.MethodGet, "/{session}/file/{file}/content", s.content),
	}
}

// plainRefusal is a line of text, as Cb Response answers.
func plainRefusal(r *refusal) route.Reply { return route.Text(r.status, r.text) }

func (s *Service) list(c *route.Call) route.Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	docs := []map[string]any{}
	for _, x := range s.sessions {
		if s.advance(x); x.open() || c.Form.Get("active_only") != "true" {
			docs = append(docs, s.doc(x))
		}
	}
	return route.JSON(docs)
}

func (s *Service) createSession(c *route.Call) route.Reply {
	var body struct {
		Sensor int `json:"sensor_id"`
	}
	if err := json.Unmarshal(c.Body, &body); err != nil {
		return route.BadRequest("The body names no sensor.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x, bad := s.create(body.Sensor)
	if bad != nil {
		return plainRefusal(bad)
	}
	return route.JSON(s.doc(x))
}

// putSession closes a session: nothing else of it can be changed.
func (s *Service) putSession(c *route.Call) route.Reply {
	var body struct {
		Status State `json:"status"`
	}
	if err := json.Unmarshal(c.Body, &body); err != nil {
		return route.BadRequest("The body is not a session.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x, bad := s.find(c.Var("session"))
	if bad != nil {
		return plainRefusal(bad)
	}
	if body.Status == Closed {
		x.state = Closed
	}
	return route.JSON(s.doc(x))
}

func (s *Service) getSession(c *route.Call) (route.Reply, *refusal) {
	x, bad := s.find(c.Var("session"))
	if bad != nil {
		return route.Reply{}, bad
	}
	return route.JSON(s.doc(x)), nil
}

func (s *Service) keepalive(c *route.Call) (route.Reply, *refusal) {
	x, bad := s.active(c.Var("session"))
	if bad != nil {
		return route.Reply{}, bad
	}
	return route.JSON(s.doc(x)), nil
}

// archive gives the session, its commands and its files as a zip archive.
func (s *Service) archive(c *route.Call) (route.Reply, *refusal) {
	x, bad := s.find(c.Var("session"))
	if bad != nil {
		return route.Reply{}, bad
	}
	commands := []map[string]any{}
	for _, k := range x.commands {
		commands = append(commands, s.commandDoc(x, k))
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	put := func(name string, data []byte) {
		if w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: s.story.Now}); err == nil {
			_, _ = w.Write(data) // into memory
		}
	}
	for name, v := range map[string]any{"session.json": s.doc(x), "commands.json": commands} {
		text, err := json.Marshal(v)
		if err != nil {
			return route.Failure(err.Error()), nil
		}
		put(name, text)
	}
	for _, f := range x.files {
		if f.arrived && !f.deleted {
			put(fmt.Sprintf("files/%d_%s", f.id, path.Base(baseName(f.name))), f.data)
		}
	}
	if err := z.Close(); err != nil {
		return route.Failure(err.Error()), nil
	}
	return route.Bytes(route.TypeZip, b.Bytes()), nil
}

func (s *Service) listCommands(c *route.Call) (route.Reply, *refusal) {
	x, bad := s.find(c.Var("session"))
	if bad != nil {
		return route.Reply{}, bad
	}
	docs := []map[string]any{}
	for _, k := range x.commands {
		if want := c.Form.Get("status"); want == "" || want == s.status(x, k) {
			docs = append(docs, s.commandDoc(x, k))
		}
	}
	return route.JSON(docs), nil
}

// postCommand answers with the command as it was taken, which is always pending.
func (s *Service) postCommand(c *route.Call) (route.Reply, *refusal) {
	x, k, bad := s.post(c.Var("session"), c.Body)
	if bad != nil {
		return route.Reply{}, bad
	}
	doc := map[string]any{"id": k.id, "session_id": s.name(x), "sensor_id": x.sensor, "name": k.name, "object": k.object,
		"status": "pending", "username": "analyst", "create_time": seconds(s.story.Now.Add(k.posted.Sub(s.begun)))}
	if k.file != nil {
		doc["file_id"] = k.file.id
	}
	return route.JSON(doc), nil
}

func (s *Service) getCommand(c *route.Call) (route.Reply, *refusal) {
	x, bad := s.active(c.Var("session"))
	if bad != nil {
		return route.Reply{}, bad
	}
	k, bad := x.command(c.Var("command"))
	if bad != nil {
		return route.Reply{}, bad
	}
	return route.JSON(s.commandDoc(x, k)), nil
}

// putCommand cancels a command.
func (s *Service) putCommand(c *route.Call) (route.Reply, *refusal) {
	var body struct {
		Status string `json:"status"`
	}
	if err := json.Unmarshal(c.Body, &body); err != nil || body.Status != "cancel" {
		return route.Reply{}, &refusal{400, "A command can only be cancelled."}
	}
	x, bad := s.find(c.Var("session"))
	if bad != nil {
		return route.Reply{}, bad
	}
	k, bad := x.command(c.Var("command"))
	if bad != nil {
		return route.Reply{}, bad
	}
	if s.status(x, k) == "pending" {
		k.cancel = true
	}
	return route.JSON(s.commandDoc(x, k)), nil
}

func fileDoc(f *storedFile) map[string]any {
	status := 1
	if !f.arrived {
		status = 0
	}
	return map[string]any{"id": f.id, "file_name": f.name, "size": len(f.data), "size_uploaded": len(f.data), "status": status}
}

func (s *Service) listFiles(c *route.Call) (route.Reply, *refusal) {
	x, bad := s.find(c.Var("session"))
	if bad != nil {
		return route.Reply{}, bad
	}
	docs := []map[string]any{}
	for _, f := range x.files {
		if !f.deleted {
			docs = append(docs, fileDoc(f))
		}
	}
	return route.JSON(docs), nil
}

func (s *Service) sessionFile(c *route.Call) (*storedFile, *refusal) {
	x, bad := s.find(c.Var("session"))
	if bad != nil {
		return nil, bad
	}
	return x.file(c.Var("file"))
}

func (s *Service) getFile(c *route.Call) (route.Reply, *refusal) {
	f, bad := s.sessionFile(c)
	if bad != nil {
		return route.Reply{}, bad
	}
	return route.JSON(fileDoc(f)), nil
}

func (s *Service) deleteFile(c *route.Call) (route.Reply, *refusal) {
	f, bad := s.sessionFile(c)
	if bad != nil {
		return route.Reply{}, bad
	}
	f.deleted, f.data = true, nil
	return route.NoContent(), nil
}

// content gives the bytes of a file that has arrived.
func (s *Service) content(c *route.Call) (route.Reply, *refusal) {
	f, bad := s.sessionFile(c)
	if bad != nil {
		return route.Reply{}, bad
	}
	if !f.arrived {
		return route.Reply{}, &refusal{404, "File " + c.Var("file") + " has not arrived"}
	}
	return route.Bytes(route.TypeBytes, f.data), nil
}

// upload takes the part file of a form.
func (s *Service) upload(c *route.Call) (route.Reply, *refusal) {
	x, bad := s.active(c.Var("session"))
	if bad != nil {
		return route.Reply{}, bad
	}
	kind, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return route.Reply{}, &refusal{400, "The body is not a form."}
	}
	form := multipart.NewReader(bytes.NewReader(c.Body), params["boundary"])
	for {
		part, err := form.NextPart()
		if err != nil {
			return route.Reply{}, &refusal{400, "The form has no part named file."}
		}
		if part.FormName() != "file" {
			continue
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return route.Reply{}, &refusal{400, "The form is cut off."}
		}
		return route.JSON(fileDoc(x.store(part.FileName(), data, true))), nil
	}
}
