package liveresponse

import (
	"encoding/json"
	"strings"

	"github.com/cbscript/cbscript/client"
)

// Dialect is what differs between the products. [Response] and Defense give one.
//
// Source: contract/live-response.md, section 5.
type Dialect struct {
	base        string // of all routes
	perEndpoint bool   // a session is made below the endpoint's id, and closed by the collection
	reuse       bool   // sessions that are there already can be used
	active      string // status of a session that is ready
	closed      string // status that closes one
	model       string // whose objects endpoints are
}

// Response is the dialect of Cb Response.
func Response() Dialect {
	return Dialect{base: "/api/v1/cblr", reuse: true, active: "active", closed: "close", model: "Sensor"}
}

// Defense is the dialect of Cb Defense.
func Defense() Dialect {
	return Dialect{base: "/integrationServices/v3/cblr", perEndpoint: true, active: "ACTIVE", closed: "CLOSE", model: "Device"}
}

// gone reports the answer of a server that does not know the session, or the sensor, any more.
func gone(err *client.ObjectNotFoundError) bool {
	text := strings.TrimSpace(err.Body)
	if strings.HasPrefix(text, "Sensor") || strings.HasPrefix(text, "Session") {
		return true
	}
	var answer struct{ Status string }
	return json.Unmarshal([]byte(text), &answer) == nil && answer.Status == "NOT_FOUND"
}

// System is the kind of an endpoint's operating system, by the number that servers give it.
type System int

// The systems.
const (
	Unknown System = 0
	Windows System = 1
	Mac     System = 2
	Linux   System = 4
)

// Endpoint is what is known about the endpoint of a session.
type Endpoint struct {
	ID     int64  // of the sensor, or the device
	Name   string // for messages; may be empty
	System System
}
