package liveresponse

import (
	"encoding/json"
	"net/http"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// CloudRoutes gives the API of Cb Defense. Source: contract/live-response.md, section 5.
func (s *Service) CloudRoutes() []route.Route {
	const base = "/integrationServices/v3/cblr/session"
	list := []route.Route{
		{Method: http.MethodPost, Path: base + "/{session}", Handle: s.createCloud},
		{Method: http.MethodPut, Path: base, Handle: s.closeCloud},
	}
	for _, r := range s.shared(cloudRefusal) {
		r.Path = base + r.Path
		list = append(list, r)
	}
	return list
}

// cloudRefusal is an object, as Cb Defense answers.
func cloudRefusal(r *refusal) route.Reply {
	status := "BAD_REQUEST"
	switch r.status {
	case http.StatusNotFound:
		status = "NOT_FOUND"
	case http.StatusConflict:
		status = "CONFLICT"
	}
	return route.JSONStatus(r.status, map[string]any{"status": status, "message": r.text})
}

// createCloud begins a session with the device that the path names.
func (s *Service) createCloud(c *route.Call) route.Reply {
	device, ok := c.Int("session")
	if !ok {
		return cloudRefusal(&refusal{http.StatusNotFound, "Device " + c.Var("session") + " not found"})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x, bad := s.create(device)
	if bad != nil {
		return cloudRefusal(bad)
	}
	return route.JSON(s.doc(x))
}

// closeCloud closes the session that the body names.
func (s *Service) closeCloud(c *route.Call) route.Reply {
	var body struct {
		ID     string `json:"session_id"`
		Status string `json:"status"`
	}
	if err := json.Unmarshal(c.Body, &body); err != nil || body.Status != "CLOSE" {
		return cloudRefusal(&refusal{http.StatusBadRequest, "The body closes no session."})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x, bad := s.find(body.ID)
	if bad != nil {
		return cloudRefusal(bad)
	}
	x.state = Closed
	return route.JSON(s.doc(x))
}
