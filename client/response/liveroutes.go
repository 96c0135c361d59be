package response

import (
	"net/http"

	"github.com/cbscript/cbscript/client"
)

// liveRoutes are the changing requests of Live Response, as the check on the wire knows them. What a command needs is
// in its name. Source: contract/live-response.md, sections 1 and 2.
func liveRoutes() []client.Route {
	const session = "/api/v1/cblr/session"
	respond := []client.Capability{client.Respond}
	change := []client.Capability{client.RespondWrite}
	return []client.Route{
		{Method: http.MethodPost, Path: session, Needs: respond},
		{Method: http.MethodPut, Path: session + "/{session}", Needs: respond},
		{Method: http.MethodPost, Path: session + "/{session}/command", Judge: client.JudgeLiveCommand},
		{Method: http.MethodPut, Path: session + "/{session}/command/{command}", Needs: respond},
		{Method: http.MethodPost, Path: session + "/{session}/file", Needs: change},
		{Method: http.MethodDelete, Path: session + "/{session}/file/{file}", Needs: respond},
		{Method: http.MethodDelete, Path: session + "/{session}/file", Needs: respond},
	}
}
