package builtins

import (
	"fmt"
	"math/big"
	"net/netip"

	"github.com/cbscript/cbscript/bindings/attrs"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

func ipModule() Builtin {
	return module("ip", "Addresses and networks of IPv4 and IPv6.",
		function("ip.address", ipAddress, "address",
			"Reads an address: text, or an int as events hold it (also negative, for the 32 bits of an IPv4 address).",
			Param{Name: "x"}),
		function("ip.network", ipNetwork, "network",
			"Reads a network such as \"10.0.0.0/8\". An address alone is a network of one.",
			Param{Name: "x"}, Param{Name: "strict", Default: "True", Doc: "False takes a network whose host bits are set"}),
		function("ip.is_address", ipIsAddress, "bool", "Says whether a text is an address.", Param{Name: "x"}),
		function("ip.in_network", ipInNetwork, "bool", "Says whether an address is in one of the networks.",
			Param{Name: "x", Doc: "an address"}, Param{Name: "*networks", Doc: "networks, or lists of them"}),
		function("ip.is_private", ipIsPrivate, "bool",
			"Says whether an address is of a private network, loopback or link-local.", Param{Name: "x"}),
	)
}

// addressArg is an address: a value of ip.address, text, or an int.
type addressArg netip.Addr

// Unpack implements starlark.Unpacker.
func (a *addressArg) Unpack(v starlark.Value) error {
	switch v := v.(type) {
	case Address:
		*a = addressArg(v)
		return nil
	case starlark.Int:
		addr, ok := addressOf(v.BigInt())
		if !ok {
			return fmt.Errorf("got %s, want the number of an address", v)
		}
		*a = addressArg(addr)
		return nil
	case starlark.String:
		addr, err := netip.ParseAddr(string(v))
		if err != nil {
			return fmt.Errorf(`got %s, want an address such as "192.0.2.1" or "2001:db8::1"`, v)
		}
		*a = addressArg(addr.Unmap())
		return nil
	}
	return fmt.Errorf("got %s, want an address", v.Type())
}

// addressOf returns the address of a number. Events hold an IPv4 address as a signed number of 32 bits.
func addressOf(n *big.Int) (netip.Addr, bool) {
	switch {
	case n.IsInt64() && n.Int64() >= -1<<31 && n.Int64() < 1<<32:
		i := uint32(n.Int64())
		return netip.AddrFrom4([4]byte{byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)}), true
	case n.Sign() > 0 && n.BitLen() <= 128:
		var b [16]byte
		n.FillBytes(b[:])
		return netip.AddrFrom16(b), true
	}
	return netip.Addr{}, false
}

// networkArg is a network: a value of ip.network or text.
type networkArg netip.Prefix

// Unpack implements starlark.Unpacker.
func (n *networkArg) Unpack(v starlark.Value) error {
	switch v := v.(type) {
	case Network:
		*n = networkArg(v)
		return nil
	case Address:
		*n = networkArg(netip.PrefixFrom(netip.Addr(v), netip.Addr(v).BitLen()))
		return nil
	case starlark.String:
		if p, err := netip.ParsePrefix(string(v)); err == nil {
			*n = networkArg(p)
			return nil
		}
		if a, err := netip.ParseAddr(string(v)); err == nil {
			*n = networkArg(netip.PrefixFrom(a, a.BitLen()))
			return nil
		}
		return fmt.Errorf(`got %s, want a network such as "10.0.0.0/8"`, v)
	}
	return fmt.Errorf("got %s, want a network", v.Type())
}

func ipAddress(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var a addressArg
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "x", &a); err != nil {
		return nil, err
	}
	return Address(a), nil
}

func ipNetwork(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var n networkArg
	strict := true
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "x", &n, "strict?", &strict); err != nil {
		return nil, err
	}
	p := netip.Prefix(n)
	if strict && p.Masked() != p {
		return nil, fmt.Errorf("%s: %s has host bits set: write %s, or strict = False", b.Name(), p, p.Masked())
	}
	return Network(p.Masked()), nil
}

func ipIsAddress(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "x", &x); err != nil {
		return nil, err
	}
	var a addressArg
	return starlark.Bool(a.Unpack(x) == nil), nil
}

func ipIsPrivate(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var a addressArg
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "x", &a); err != nil {
		return nil, err
	}
	return starlark.Bool(private(netip.Addr(a))), nil
}

func private(a netip.Addr) bool { return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() }

func ipInNetwork(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, fmt.Errorf("%s: unexpected keyword arguments", b.Name())
	}
	if len(args) < 2 {
		return nil, fmt.Errorf("%s: got %d arguments, want an address and at least one network", b.Name(), len(args))
	}
	var a addressArg
	if err := a.Unpack(args[0]); err != nil {
		return nil, fmt.Errorf("%s: for parameter x: %w", b.Name(), err)
	}
	found := false
	look := func(v starlark.Value) error {
		var n networkArg
		if err := n.Unpack(v); err != nil {
			return fmt.Errorf("%s: for parameter networks: %w", b.Name(), err)
		}
		found = found || netip.Prefix(n).Contains(netip.Addr(a))
		return nil
	}
	for _, arg := range args[1:] {
		list, ok := arg.(starlark.Iterable)
		if !ok {
			if err := look(arg); err != nil {
				return nil, err
			}
			continue
		}
		for e := range starlark.Elements(list) {
			if err := look(e); err != nil {
				return nil, err
			}
		}
	}
	return starlark.Bool(found), nil
}

// Address is the Starlark value of an address of IPv4 or IPv6. It is immutable.
type Address netip.Addr

var (
	_ starlark.HasAttrs       = Address{}
	_ starlark.TotallyOrdered = Address{}
)

// String gives the usual text, such as 192.0.2.1 or 2001:db8::1.
func (a Address) String() string { return netip.Addr(a).String() }

// Type is "ip.address".
func (a Address) Type() string { return "ip.address" }

// Freeze does nothing: the value is immutable.
func (a Address) Freeze() {}

// Truth is always true.
func (a Address) Truth() starlark.Bool { return true }

// Hash is that of the text.
func (a Address) Hash() (uint32, error) { return starlark.String(a.String()).Hash() }

// Cmp orders IPv4 before IPv6, and addresses by their number.
func (a Address) Cmp(y starlark.Value, _ int) (int, error) {
	return netip.Addr(a).Compare(netip.Addr(y.(Address))), nil
}

// MarshalJSON gives the address as text.
func (a Address) MarshalJSON() ([]byte, error) { return []byte(`"` + a.String() + `"`), nil }

// GoValue gives the address as text.
func (a Address) GoValue() (any, error) { return a.String(), nil }

// Attr gives the attributes of an address.
func (a Address) Attr(name string) (starlark.Value, error) { return addressAttrs.Get(a, name) }

// AttrNames gives their names, sorted.
func (a Address) AttrNames() []string { return addressAttrs.Names() }

// AttrDocs describes them.
func (a Address) AttrDocs() []attrs.Doc { return addressAttrs.Docs() }

var addressAttrs = attrs.Table[Address]{
	"version": attrs.Field("4 or 6", func(a Address) starlark.Value { return version(netip.Addr(a)) }),
	"number": attrs.Field("the address as an int", func(a Address) starlark.Value {
		return starlark.MakeBigInt(new(big.Int).SetBytes(netip.Addr(a).AsSlice()))
	}),
	"is_private":    addressIs("of a private network, loopback or link-local", private),
	"is_loopback":   addressIs("of the machine itself", netip.Addr.IsLoopback),
	"is_multicast":  addressIs("of a group of machines", netip.Addr.IsMulticast),
	"is_link_local": addressIs("of the local segment", netip.Addr.IsLinkLocalUnicast),
	"is_global": addressIs("of the Internet", func(a netip.Addr) bool {
		return a.IsGlobalUnicast() && !private(a)
	}),
}

func addressIs(doc string, is func(netip.Addr) bool) attrs.Member[Address] {
	return attrs.Field("whether it is "+doc, func(a Address) starlark.Value { return starlark.Bool(is(netip.Addr(a))) })
}

func version(a netip.Addr) starlark.Value {
	if a.Is4() {
		return starlark.MakeInt(4)
	}
	return starlark.MakeInt(6)
}

// Network is the Starlark value of a network; `x in network` takes addresses and their texts. It is immutable.
type Network netip.Prefix

var (
	_ starlark.HasAttrs   = Network{}
	_ starlark.Container  = Network{}
	_ starlark.Comparable = Network{}
)

// String gives the first address and the number of bits, such as 10.0.0.0/8.
func (n Network) String() string { return netip.Prefix(n).String() }

// Type is "ip.network".
func (n Network) Type() string { return "ip.network" }

// Freeze does nothing: the value is immutable.
func (n Network) Freeze() {}

// Truth is always true.
func (n Network) Truth() starlark.Bool { return true }

// Hash is that of the text.
func (n Network) Hash() (uint32, error) { return starlark.String(n.String()).Hash() }

// CompareSameType compares for equality; networks have no order.
func (n Network) CompareSameType(op syntax.Token, y starlark.Value, _ int) (bool, error) {
	switch op {
	case syntax.EQL:
		return n == y.(Network), nil
	case syntax.NEQ:
		return n != y.(Network), nil
	}
	return false, fmt.Errorf("%s %s %s not implemented", n.Type(), op, n.Type())
}

// Has reports whether an address, or a whole network, lies in the network.
func (n Network) Has(v starlark.Value) (bool, error) {
	if inner, ok := v.(Network); ok {
		return inner.prefix().Bits() >= n.prefix().Bits() && n.prefix().Contains(inner.prefix().Addr()), nil
	}
	var a addressArg
	if err := a.Unpack(v); err != nil {
		return false, err
	}
	return n.prefix().Contains(netip.Addr(a)), nil
}

// MarshalJSON gives the network as text.
func (n Network) MarshalJSON() ([]byte, error) { return []byte(`"` + n.String() + `"`), nil }

// GoValue gives the network as text.
func (n Network) GoValue() (any, error) { return n.String(), nil }

// Attr gives the attributes of a network.
func (n Network) Attr(name string) (starlark.Value, error) { return networkAttrs.Get(n, name) }

// AttrNames gives their names, sorted.
func (n Network) AttrNames() []string { return networkAttrs.Names() }

// AttrDocs describes them.
func (n Network) AttrDocs() []attrs.Doc { return networkAttrs.Docs() }

func (n Network) prefix() netip.Prefix { return netip.Prefix(n) }

// size is the number of addresses.
func (n Network) size() *big.Int {
	return new(big.Int).Lsh(big.NewInt(1), uint(n.prefix().Addr().BitLen()-n.prefix().Bits()))
}

// last is the last address.
func (n Network) last() netip.Addr {
	b := n.prefix().Addr().AsSlice()
	for bit := n.prefix().Bits(); bit < len(b)*8; bit++ {
		b[bit/8] |= 0x80 >> (bit % 8)
	}
	last, _ := netip.AddrFromSlice(b)
	return last
}

var networkAttrs = attrs.Table[Network]{
	"version":   attrs.Field("4 or 6", func(n Network) starlark.Value { return version(n.prefix().Addr()) }),
	"prefixlen": attrs.Field("how many bits the network has", func(n Network) starlark.Value { return starlark.MakeInt(n.prefix().Bits()) }),
	"first":     attrs.Field("its first address", func(n Network) starlark.Value { return Address(n.prefix().Addr()) }),
	"last":      attrs.Field("its last address", func(n Network) starlark.Value { return Address(n.last()) }),
	"num_addresses": attrs.Field("how many addresses it has", func(n Network) starlark.Value {
		return starlark.MakeBigInt(n.size())
	}),
	"is_private": attrs.Field("whether its first and last address are private", func(n Network) starlark.Value {
		return starlark.Bool(private(n.prefix().Addr()) && private(n.last()))
	}),
}
