package liveresponse

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// parseOrder reads the text of a command.
func parseOrder(text []byte) order {
	members := map[string]json.RawMessage{}
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return order{}
	}
	for d.More() {
		token, err := d.Token()
		name, _ := token.(string)
		var value json.RawMessage
		if err != nil || d.Decode(&value) != nil {
			return order{}
		}
		name = strings.ToLower(name) // some readers do not tell them apart
		if _, twice := members[name]; twice {
			return order{}
		}
		members[name] = value
	}
	if _, err := d.Token(); err != nil {
		return order{}
	}
	o := order{known: true}
	for name, to := range map[string]any{"object": &o.object, "offset": &o.offset, "get_count": &o.count, "compress": &o.compress} {
		if value, given := members[name]; given && json.Unmarshal(value, to) != nil {
			return order{}
		}
	}
	return o
}

// commandText is a command's document, as far as it is read along. What is of another type than a server gives it is as
// if it were not there.
type commandText struct {
	Name      text            `json:"name"`
	Object    text            `json:"object"`
	Status    text            `json:"status"`
	Sensor    text            `json:"sensor_id"`
	File      text            `json:"file_id"`
	Completed moment          `json:"completion"`
	Files     json.RawMessage `json:"files"`
}

// fileText is an entry of a directory.
type fileText struct {
	Name     text   `json:"filename"`
	Created  moment `json:"create_time"`
	Modified moment `json:"last_write_time"`
	Accessed moment `json:"last_access_time"`
}

// text is a text or a number.
type text string

// UnmarshalJSON never fails.
func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	switch {
	case json.Unmarshal(b, &s) == nil:
		*t = text(s)
	case len(b) > 0 && strings.IndexByte("-0123456789", b[0]) >= 0:
		*t = text(b)
	}
	return nil
}

// number is a positive whole number, or 0.
func (t text) number() int64 {
	n, err := strconv.ParseInt(string(t), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// moment is a time in seconds since 1970, zero when it is none.
type moment struct{ time.Time }

// lastMoment is the last second of the year 9999, beyond which times have no text in JSON.
const lastMoment = 253402300799

// UnmarshalJSON never fails.
func (m *moment) UnmarshalJSON(b []byte) error {
	seconds, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	if err == nil && seconds > 0 && seconds < lastMoment {
		whole, part := math.Modf(seconds)
		m.Time = time.Unix(int64(whole), int64(part*1e9)).Round(time.Microsecond).UTC()
	}
	return nil
}

// posted notes a command that the server has taken.
func (n *noter) posted(session string, o order, answer []byte) {
	var doc commandText
	if json.Unmarshal(answer, &doc) != nil || !o.known {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	sensor, path := n.sensor(session, doc), string(cmp.Or(doc.Object, o.object))
	switch doc.Name {
	case "get file":
		n.asked.Put(fileID{session, string(doc.File)}, asked{sensor: sensor, path: path, offset: o.offset, count: o.count})
	case "memdump":
		if o.compress {
			path += ".zip"
		}
		n.dumps.Put(placeOf(sensor, path), struct{}{})
	}
}

// sensor gives the sensor of a command. It is called with mu held.
func (n *noter) sensor(session string, doc commandText) int64 {
	h, _ := n.hosts.Get(session)
	return cmp.Or(doc.Sensor.number(), h.sensor)
}

// told notes what came of a command.
func (n *noter) told(session string, answer []byte) {
	var doc commandText
	if json.Unmarshal(answer, &doc) != nil || doc.Status != "complete" {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	switch doc.Name {
	case "get file":
		id := fileID{session, string(doc.File)}
		if a, known := n.asked.Get(id); known {
			a.completed = doc.Completed.Time
			n.asked.Put(id, a)
		}
	case "directory list":
		var files []fileText
		if json.Unmarshal(doc.Files, &files) != nil {
			return
		}
		sensor, path := n.sensor(session, doc), string(doc.Object)
		dir := path[:strings.LastIndexAny(path, `\/`)+1]
		for _, f := range files {
			n.times.Put(placeOf(sensor, dir+string(f.Name)),
				fileTimes{f.Created.Time, f.Modified.Time, f.Accessed.Time, doc.Completed.Time})
		}
	}
}

// sessions notes the endpoints of one session, or of a list of them.
func (n *noter) sessions(answer []byte) {
	type sessionText struct {
		ID     json.RawMessage `json:"id"`
		Sensor text            `json:"sensor_id"`
		Host   text            `json:"hostname"`
	}
	var one sessionText
	var list []sessionText
	if json.Unmarshal(answer, &one) == nil {
		list = append(list, one)
	} else if json.Unmarshal(answer, &list) != nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range list {
		if len(s.ID) > 0 && s.Sensor.number() > 0 {
			n.hosts.Put(idText(s.ID), host{s.Sensor.number(), string(s.Host)})
		}
	}
}

// fileTimes are the times of a file by a listing, and of that.
type fileTimes struct{ created, modified, accessed, listed time.Time }

// place stands for a file of an endpoint.
type place [16]byte

// placeOf gives the same place for the names of one file: Windows tells neither cases nor kinds of separators apart.
func placeOf(sensor int64, path string) place {
	separator := "/"
	if !strings.HasPrefix(path, "/") {
		separator = `\`
		path = strings.ToLower(strings.ReplaceAll(path, "/", separator))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d ", sensor)
	for part := range strings.SplitSeq(path, separator) {
		if part != "" {
			b.WriteString(separator)
			b.WriteString(part)
		}
	}
	sum := sha256.Sum256([]byte(b.String()))
	return place(sum[:len(place{})])
}
