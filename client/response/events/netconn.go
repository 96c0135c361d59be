package events

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/cbscript/cbscript/client/jsondoc"
)

// Netconn is a network connection.
//
// Source: contract/events.md, A.4.
type Netconn struct {
	Header
	// RemoteIP is the address of the other end. It is IPv4 in dotted form, or, from V4 on, whatever the server sent, such as IPv6.
	// Text that is no address of the expected form is kept as it came.
	RemoteIP string
	// RemotePort is the port of the other end; in V1, of this end when the connection came in.
	RemotePort int
	// Protocol is the IP protocol.
	Protocol Protocol
	// Domain is the name that was looked up for the address; it may be empty.
	Domain string
	// Direction says which end opened the connection.
	Direction Direction
	// LocalIP, LocalPort, ProxyIP and ProxyPort are known from V2 on: see Both.
	LocalIP, ProxyIP     string
	LocalPort, ProxyPort int
	// Both is set when the server sent the local end, and a proxy's, as well.
	Both bool
}

// Direction says which end opened a connection. The zero Direction is Outbound, which is also meant where a server says nothing.
type Direction int

// The directions.
const (
	Outbound Direction = iota // this endpoint opened it
	Inbound
)

// String is Outbound or Inbound.
func (d Direction) String() string {
	if d == Inbound {
		return "Inbound"
	}
	return "Outbound"
}

// Protocol is the number of an IP protocol, such as 6.
type Protocol int

// String is the name of the constant for the protocol in the C library, for example IPPROTO_TCP; Unknown for a number without one.
func (p Protocol) String() string {
	switch p {
	case 0:
		return "IPPROTO_IP"
	case 1:
		return "IPPROTO_ICMP"
	case 2:
		return "IPPROTO_IGMP"
	case 4:
		return "IPPROTO_IPIP"
	case 6:
		return "IPPROTO_TCP"
	case 8:
		return "IPPROTO_EGP"
	case 12:
		return "IPPROTO_PUP"
	case 17:
		return "IPPROTO_UDP"
	case 22:
		return "IPPROTO_IDP"
	case 29:
		return "IPPROTO_TP"
	case 41:
		return "IPPROTO_IPV6"
	case 43:
		return "IPPROTO_ROUTING"
	case 44:
		return "IPPROTO_FRAGMENT"
	case 46:
		return "IPPROTO_RSVP"
	case 47:
		return "IPPROTO_GRE"
	case 50:
		return "IPPROTO_ESP"
	case 51:
		return "IPPROTO_AH"
	case 58:
		return "IPPROTO_ICMPV6"
	case 59:
		return "IPPROTO_NONE"
	case 60:
		return "IPPROTO_DSTOPTS"
	case 103:
		return "IPPROTO_PIM"
	case 132:
		return "IPPROTO_SCTP"
	case 136:
		return "IPPROTO_UDPLITE"
	case 255:
		return "IPPROTO_RAW"
	}
	return "Unknown"
}

// Type is the table of network connections: a shorter one for those of V1.
func (e *Netconn) Type() *Type {
	if e.Both {
		return netconnType
	}
	return netconnV1Type
}

var netconnOneEnd = []Attribute{
	attribute("remote_ip", "string", "The address of the other end.", func(e *Netconn) any { return e.RemoteIP }),
	attribute("remote_port", "int", "The port of the other end.", func(e *Netconn) any { return int64(e.RemotePort) }),
	attribute("proto", "string", "The protocol, as IPPROTO_TCP or IPPROTO_UDP; Unknown for a number without a name.",
		func(e *Netconn) any { return e.Protocol.String() }),
	attribute("domain", "string", "The name that was looked up for the address; may be empty.", func(e *Netconn) any { return e.Domain }),
	attribute("direction", "string", "Outbound if this endpoint opened the connection, otherwise Inbound.",
		func(e *Netconn) any { return e.Direction.String() }),
}

var netconnV1Type = &Type{
	Name: "CbNetConnEvent", Title: "Cb Network Connection event", List: "netconn_complete",
	Doc:        "A network connection that the process opened or accepted.",
	Attributes: withCommon(netconnOneEnd...),
	Printed:    []string{"timestamp", "domain", "remote_ip", "remote_port", "proto", "direction"},
}

var netconnType = &Type{
	Name: "CbNetConnEvent", Title: "Cb Network Connection event", List: "netconn_complete",
	Doc: "A network connection that the process opened or accepted.",
	Attributes: append(withCommon(netconnOneEnd...),
		attribute("local_ip", "string", "The address of this end; not known from servers below 5.1.", func(e *Netconn) any { return e.LocalIP }),
		attribute("local_port", "int", "The port of this end; not known from servers below 5.1.", func(e *Netconn) any { return int64(e.LocalPort) }),
		attribute("proxy_ip", "string", "The address of the proxy, 0.0.0.0 without one; not known from servers below 5.1.", func(e *Netconn) any { return e.ProxyIP }),
		attribute("proxy_port", "int", "The port of the proxy, 0 without one; not known from servers below 5.1.", func(e *Netconn) any { return int64(e.ProxyPort) }),
	),
	Printed: []string{"timestamp", "domain", "remote_ip", "remote_port", "proto", "direction",
		"local_ip", "local_port", "proxy_ip", "proxy_port"},
}

// netconnEntry reads both forms: text is that of V1, whatever the version.
func netconnEntry(v Version) func(entry jsondoc.Value, sequence int) (*Netconn, error) {
	shapes := new(jsondoc.Shapes)
	return func(entry jsondoc.Value, sequence int) (*Netconn, error) {
		if entry.Kind() == jsondoc.String {
			return netconnText(entry, sequence)
		}
		return netconnObject(entry, sequence, v, shapes)
	}
}

// netconnText reads time|ip|port|proto|domain|outbound.
func netconnText(entry jsondoc.Value, sequence int) (*Netconn, error) {
	parts, err := piped(entry, 6, 6, 4)
	if err != nil {
		return nil, err
	}
	h, err := header(parts[0], sequence, false)
	if err != nil {
		return nil, err
	}
	e := &Netconn{Header: h, RemoteIP: noAddress, Domain: parts[4], Direction: Inbound}
	if ip, ok := signedIPv4(parts[1]); ok {
		e.RemoteIP = ip
	}
	if e.RemotePort, err = strconv.Atoi(parts[2]); err != nil {
		return nil, fmt.Errorf("want a number for the port, found %q", parts[2])
	}
	protocol, err := strconv.Atoi(parts[3])
	if err != nil {
		return nil, fmt.Errorf("want a number for the protocol, found %q", parts[3])
	}
	e.Protocol = Protocol(protocol)
	if parts[5] == "true" {
		e.Direction = Outbound
	}
	return e, nil
}

func netconnObject(entry jsondoc.Value, sequence int, v Version, shapes *jsondoc.Shapes) (*Netconn, error) {
	o, err := newObject(entry, shapes)
	if err != nil {
		return nil, err
	}
	h, err := o.header("timestamp", sequence, false)
	if err != nil {
		return nil, err
	}
	e := &Netconn{Header: h, Domain: o.text("domain"), Both: true}
	for _, number := range []struct {
		name string
		to   *int
	}{
		{"remote_port", &e.RemotePort}, {"local_port", &e.LocalPort}, {"proxy_port", &e.ProxyPort}, {"proto", (*int)(&e.Protocol)},
	} {
		if *number.to, err = o.number(number.name); err != nil {
			return nil, err
		}
	}
	e.RemoteIP, e.LocalIP, e.ProxyIP = o.address("remote_ip", v), o.address("local_ip", v), o.address("proxy_ip", v)
	if direction := o.text("direction"); direction != "" && direction != "true" {
		e.Direction = Inbound
	}
	return e, nil
}

// noAddress is given where the server sent none.
const noAddress = "0.0.0.0"

// address is a member that holds an address: a signed number before V4, text from then on. What is no such number stays as it is.
func (o object) address(name string, v Version) string {
	value, _ := o.doc.Get(name)
	if value.IsNull() {
		return noAddress
	}
	text := value.Text()
	if v < V4 {
		if ip, ok := signedIPv4(text); ok {
			return ip
		}
	}
	return text
}

// signedIPv4 decodes an address that is written as a signed 32-bit number, its first octet the most significant.
func signedIPv4(text string) (string, bool) {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return "", false
	}
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}).String(), true
}
