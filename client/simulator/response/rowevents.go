package response

import (
	"strings"

	"github.com/cbscript/cbscript/client/simulator/story"
)

// eventStrings gives the values of the fields that describe a process's events and its binary.
func (r *row) eventStrings(field string, buf []string) []string {
	switch field {
	case "process_md5":
		if b := r.proc.Binary; b != nil {
			return append(buf, b.MD5)
		}
	case "md5":
		return r.hashes(buf)
	case "modload":
		for _, m := range r.events.Modloads {
			buf = append(buf, strings.ToLower(m.Path))
		}
	case "filemod":
		for _, f := range r.events.Filemods {
			buf = append(buf, strings.ToLower(f.Path))
		}
	case "filewrite_md5":
		for _, f := range r.events.Filemods {
			if f.MD5 != "" {
				buf = append(buf, f.MD5)
			}
		}
	case "regmod":
		for _, g := range r.events.Regmods {
			buf = append(buf, strings.ToLower(g.Path))
		}
	case "domain":
		for _, n := range r.events.Netconns {
			if n.Domain != "" {
				buf = append(buf, strings.ToLower(n.Domain))
			}
		}
	case "ipaddr", "ipv6addr":
		for _, n := range r.events.Netconns {
			if n.Remote.Addr().Is4() == (field == "ipaddr") {
				buf = append(buf, n.Remote.Addr().String())
			}
		}
	case "blocked_md5":
		for _, b := range r.events.Blocks {
			buf = append(buf, b.Binary.MD5)
		}
	case "blocked_status":
		if len(r.events.Blocks) > 0 {
			buf = append(buf, "processterminated")
		}
	default:
		return r.relativeStrings(field, buf)
	}
	return buf
}

// relativeStrings gives the values of the fields that describe children and other processes, and those of the binary.
func (r *row) relativeStrings(field string, buf []string) []string {
	switch field {
	case "childproc_name":
		for _, c := range r.events.Childprocs {
			buf = append(buf, strings.ToLower(c.Process.Name))
		}
	case "childproc_md5":
		for _, c := range r.events.Childprocs {
			if c.Process.Binary != nil {
				buf = append(buf, c.Process.Binary.MD5)
			}
		}
	case "crossproc_name":
		for _, c := range r.events.Crossprocs {
			buf = append(buf, strings.ToLower(c.Other.Path))
		}
	case "crossproc_md5":
		for _, c := range r.events.Crossprocs {
			if c.Other.Binary != nil {
				buf = append(buf, c.Other.Binary.MD5)
			}
		}
	case "crossproc_type":
		for _, c := range r.events.Crossprocs {
			buf = append(buf, crossType(c.Kind))
		}
	case "tampered":
		if tampered(r.events) {
			buf = append(buf, "true")
		} else {
			buf = append(buf, "false")
		}
	default:
		if r.proc.Binary != nil {
			return binaryStrings(r.proc.Binary, field, buf)
		}
	}
	return buf
}

// hashes gives every MD5 that has to do with the row.
func (r *row) hashes(buf []string) []string {
	for _, field := range []string{"process_md5", "filewrite_md5", "childproc_md5", "crossproc_md5"} {
		buf = r.eventStrings(field, buf)
	}
	for _, m := range r.events.Modloads {
		buf = append(buf, m.Binary.MD5)
	}
	return buf
}

func crossType(k story.CrossKind) string {
	switch k {
	case story.RemoteThread:
		return "remotethread"
	case story.ThreadHandle:
		return "threadopen"
	}
	return "processopen"
}

func tampered(e *story.Events) bool {
	for _, f := range e.Filemods {
		if f.Tamper {
			return true
		}
	}
	for _, g := range e.Regmods {
		if g.Tamper {
			return true
		}
	}
	for _, c := range e.Crossprocs {
		if c.Tamper {
			return true
		}
	}
	for _, c := range e.Childprocs {
		if c.Tamper {
			return true
		}
	}
	return false
}
