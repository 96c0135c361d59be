package response

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// writable are the fields of a sensor that a write can change. From 7.1 on a write that contains others is refused;
// before, others are ignored, because clients send the whole document back.
func writable() []string {
	return []string{
		"network_isolation_enabled", "restart_queued", "uninstall", "group_id", "notes", "event_log_flush_time", "liveresponse_init",
	}
}

// writeSensor changes a sensor and answers 204.
func (p *Product) writeSensor(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, refusal := p.namedSensor(c)
	if s == nil {
		return refusal
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(c.Body, &fields); err != nil || fields == nil {
		return route.BadRequest("The body is not a JSON object.")
	}
	if p.version.strictSensorWrites() {
		for name := range fields {
			if !slices.Contains(writable(), name) {
				return route.JSONStatus(http.StatusBadRequest, map[string]string{"result": "Field " + name + " cannot be changed."})
			}
		}
	}
	changed := *s
	for _, name := range writable() {
		if raw, ok := fields[name]; ok {
			if err := p.setSensor(&changed, name, raw); err != nil {
				return route.JSONStatus(http.StatusBadRequest, map[string]string{"result": err.Error()})
			}
		}
	}
	changed.polls = 0
	*s = changed
	return route.NoContent()
}

// setSensor sets one field. It needs p.mu.
func (p *Product) setSensor(s *sensor, name string, raw json.RawMessage) error {
	var to any
	switch name {
	case "network_isolation_enabled":
		to = &s.isolate
	case "restart_queued":
		to = &s.restart
	case "uninstall":
		to = &s.uninstall
	case "notes":
		to = &s.notes
	case "liveresponse_init":
		to = new(bool)
	case "group_id":
		to = &s.group
	case "event_log_flush_time":
		return p.setFlush(s, raw)
	}
	if err := json.Unmarshal(raw, to); err != nil {
		return fmt.Errorf("field %s has the wrong type: %w", name, err)
	}
	if name == "group_id" && p.groups.get(s.group) == nil {
		return fmt.Errorf("there is no sensor group %d", s.group)
	}
	return nil
}

// setFlush reads the time up to which the sensor shall send its events at once: in the form of mail headers after 6.0,
// in the server's usual form before; 6.0 itself takes both, because clients draw the line on either side of it. null
// leaves it as it is: clients send it back with every other change.
func (p *Product) setFlush(s *sensor, raw json.RawMessage) error {
	var text *string
	if err := json.Unmarshal(raw, &text); err != nil {
		return fmt.Errorf("field event_log_flush_time has the wrong type: %w", err)
	}
	if text == nil {
		return nil
	}
	layouts := []string{"2006-01-02 15:04:05.999999", "2006-01-02 15:04:05.999999-07:00"}
	switch {
	case p.version.atLeast(6, 1):
		layouts = []string{time.RFC1123}
	case p.version.atLeast(6, 0):
		layouts = append([]string{time.RFC1123}, layouts...)
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, *text); err == nil {
			s.flush = &t
			return nil
		}
	}
	return errors.New("field event_log_flush_time is not a time in the form of " + layouts[0] + ": " + *text)
}
