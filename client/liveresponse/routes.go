package liveresponse

import (
	"net/http"

	"github.com/cbscript/cbscript/client"
)

// Routes are the changing requests, for whoever checks requests where nothing describes them. What a command needs is in
// its name. Source: contract/live-response.md, sections 1 and 2.
func (d Dialect) Routes() []client.Route {
	session := d.base + "/session"
	respond := []client.Capability{client.Respond}
	change := []client.Capability{client.RespondWrite}
	endpoint := &client.Subject{Document: session + "/{session}", Member: "sensor_id", Model: d.model}
	create, end := session, session+"/{session}"
	if d.perEndpoint {
		create, end = end, create
	}
	return []client.Route{
		{Method: http.MethodPost, Path: create, Needs: respond},
		{Method: http.MethodPut, Path: end, Needs: respond},
		{Method: http.MethodPost, Path: session + "/{session}/command", Judge: client.JudgeLiveCommand, Subject: endpoint},
		{Method: http.MethodPut, Path: session + "/{session}/command/{command}", Needs: respond},
		{Method: http.MethodPost, Path: session + "/{session}/file", Needs: change, Subject: endpoint},
		{Method: http.MethodDelete, Path: session + "/{session}/file/{file}", Needs: respond},
		{Method: http.MethodDelete, Path: session + "/{session}/file", Needs: respond},
	}
}
