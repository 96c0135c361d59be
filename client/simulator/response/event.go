package response

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/story"
)

// eventTime is the form of times in events that are pipe text.
const eventTime = "2006-01-02 15:04:05.000000"

// encoder writes the events of a row in the form of one version of the event route.
//
// Source: contract/events.md, part A.
type encoder struct {
	version int
	digits  int // of a segment in a unique id
	buf     []byte
}

// events writes the lists of events.
func (x *index) events(o *object, r *row, version int) {
	w := &encoder{version: version, digits: 8}
	if x.version.segmented() {
		w.digits = 12
	}
	e := r.events
	list(o, "modload_complete", e.Modloads, w.modload)
	list(o, "filemod_complete", e.Filemods, w.filemod)
	list(o, "regmod_complete", e.Regmods, w.regmod)
	netconn := w.netconn
	if version == 1 {
		netconn = w.netconnText
	}
	list(o, "netconn_complete", e.Netconns, netconn)
	childproc := w.childproc
	if version < 3 {
		childproc = w.childprocText
	}
	list(o, "childproc_complete", e.Childprocs, childproc)
	list(o, "crossproc_complete", e.Crossprocs, w.crossproc)
	if version >= 3 {
		list(o, "processblock_complete", e.Blocks, w.block)
	}
	x.binaries(o, e)
}

// list writes a list, or nothing when it is empty.
func list[T any](o *object, name string, events []T, write func([]byte, *T) []byte) {
	if len(events) == 0 {
		return
	}
	o.key(name)
	o.buf = append(o.buf, '[')
	for i := range events {
		if i > 0 {
			o.buf = append(o.buf, ',', ' ')
		}
		o.buf = write(o.buf, &events[i])
	}
	o.buf = append(o.buf, ']')
}

// piped writes fields as one text with bars between them.
func (w *encoder) piped(buf []byte, fields ...string) []byte {
	w.buf = w.buf[:0]
	for i, f := range fields {
		if i > 0 {
			w.buf = append(w.buf, '|')
		}
		w.buf = append(w.buf, f...)
	}
	return appendText(buf, string(w.buf))
}

func stamp(t time.Time) string { return t.UTC().Format(eventTime) }

func md5Of(b *story.Binary) string {
	if b == nil {
		return ""
	}
	return b.MD5
}

func (w *encoder) modload(buf []byte, m *story.Modload) []byte {
	return w.piped(buf, stamp(m.Time), m.Binary.MD5, m.Path)
}

func (w *encoder) filemod(buf []byte, f *story.Filemod) []byte {
	typ := ""
	if f.Op == story.FileLastWrite && f.Type != 0 {
		typ = strconv.Itoa(int(f.Type))
	}
	return w.piped(buf, strconv.Itoa(int(f.Op)), stamp(f.Time), f.Path, f.MD5, typ, strconv.FormatBool(f.Tamper))
}

func (w *encoder) regmod(buf []byte, g *story.Regmod) []byte {
	return w.piped(buf, strconv.Itoa(int(g.Op)), stamp(g.Time), g.Path, strconv.FormatBool(g.Tamper))
}

func (w *encoder) netconnText(buf []byte, n *story.Netconn) []byte {
	port := n.Remote.Port()
	if !n.Outbound {
		port = n.Local.Port()
	}
	return w.piped(buf, stamp(n.Time), strconv.FormatInt(signedIP(n.Remote.Addr()), 10), strconv.Itoa(int(port)),
		strconv.Itoa(int(n.Protocol)), n.Domain, strconv.FormatBool(n.Outbound))
}

func (w *encoder) netconn(buf []byte, n *story.Netconn) []byte {
	o := open(buf)
	o.instant("timestamp", n.Time)
	o.text("direction", strconv.FormatBool(n.Outbound))
	o.number("proto", int64(n.Protocol))
	o.text("domain", n.Domain)
	w.socket(&o, "remote", n.Remote)
	w.socket(&o, "local", n.Local)
	if n.Proxy.IsValid() {
		w.socket(&o, "proxy", n.Proxy)
	}
	return o.close()
}

// socket writes an address and a port: the address as text in the newest form, as a signed number before.
func (w *encoder) socket(o *object, name string, a netip.AddrPort) {
	if w.version >= 4 {
		o.text(name+"_ip", a.Addr().String())
	} else {
		o.number(name+"_ip", signedIP(a.Addr()))
	}
	o.number(name+"_port", int64(a.Port()))
}

func (w *encoder) unique(p *story.Process) string {
	return string(appendUnique(nil, p.ID.String(), 1, w.digits))
}

func (w *encoder) childprocText(buf []byte, c *story.Childproc) []byte {
	p := c.Process
	return w.piped(buf, stamp(c.Time), w.unique(p), md5Of(p.Binary), p.Path, strconv.Itoa(p.PID),
		strconv.FormatBool(c.Started), strconv.FormatBool(c.Tamper))
}

func (w *encoder) childproc(buf []byte, c *story.Childproc) []byte {
	p := c.Process
	o := open(buf)
	o.text("processId", w.unique(p))
	o.text("md5", md5Of(p.Binary))
	o.text("path", p.Path)
	o.number("pid", int64(p.PID))
	if c.Started {
		o.text("type", "start")
		o.instant("start", c.Time)
		o.null("end")
	} else {
		o.text("type", "end")
		o.null("start")
		o.instant("end", c.Time)
	}
	o.truth("is_tampered", c.Tamper)
	o.truth("is_suppressed", p.Suppressed)
	if p.Suppressed {
		o.text("commandLine", p.Cmdline)
		o.text("userName", p.User)
	} else {
		o.null("commandLine")
		o.null("userName")
	}
	return o.close()
}

func (w *encoder) crossproc(buf []byte, c *story.Crossproc) []byte {
	kind, subtype := "ProcessOpen", "1"
	switch c.Kind {
	case story.RemoteThread:
		kind, subtype = "RemoteThread", ""
	case story.ThreadHandle:
		subtype = "2"
	}
	return w.piped(buf, kind, stamp(c.Time), w.unique(c.Other), md5Of(c.Other.Binary), c.Other.Path, subtype,
		strconv.FormatUint(uint64(c.Access), 10), strconv.FormatBool(c.Tamper), strconv.FormatBool(c.Target))
}

// block writes a JSON object as text.
func (w *encoder) block(buf []byte, b *story.Block) []byte {
	o := open(nil)
	o.instant("timestamp", b.Time)
	o.text("block_type", "Md5Hash")
	o.text("block_event", "ProcessCreate")
	o.text("block_result", "ProcessTerminated")
	o.number("block_error", 0)
	o.text("blocked_md5", md5Of(b.Binary))
	o.text("blocked_path", b.Path)
	o.text("blocked_cmdline", b.Cmdline)
	o.text("blocked_uid", b.UID)
	o.text("blocked_username", b.User)
	return appendText(buf, string(o.close()))
}

// binaries writes what is known about the signatures of the loaded modules, by their MD5 in upper case.
func (x *index) binaries(o *object, e *story.Events) {
	if len(e.Modloads) == 0 {
		return
	}
	seen := make(map[string]bool, len(e.Modloads))
	all := open(nil)
	for _, m := range e.Modloads {
		if seen[m.Binary.MD5] {
			continue
		}
		seen[m.Binary.MD5] = true
		all.key(strings.ToUpper(m.Binary.MD5))
		b := open(all.buf)
		b.text("digsig_result", string(m.Binary.Signature))
		if m.Binary.Publisher != "" {
			b.text("digsig_publisher", m.Binary.Publisher)
		}
		all.buf = b.close()
	}
	o.key("binaries")
	o.buf = append(o.buf, all.close()...)
}
