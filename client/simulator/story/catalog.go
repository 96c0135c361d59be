package story

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
)

// release is a version of an operating system, whose own binaries share version and signing date.
type release struct {
	name    string
	version string
	signed  time.Time
	built   time.Time
}

// releases of the story's endpoints. The binaries of Windows Server 2012 were signed 1569 days before the net.exe of
// the story ran and 1552 days before its cmd.exe did, as in the guide's example.
var releases = sync.OnceValue(func() map[string]release {
	return map[string]release{
		"win7":    {"win7", "6.1.7601.17514 (win7sp1_rtm.101119-1850)", at("2010-11-21 03:24:00"), at("2010-11-20 09:01:27")},
		"win10":   {"win10", "10.0.14393.0 (rs1_release.160715-1616)", at("2016-07-16 11:42:00"), at("2016-07-16 02:18:49")},
		"win2012": {"win2012", "6.2.9200.16384 (win8_rtm.120725-1247)", at("2012-07-26 03:26:00"), at("2012-07-26 00:39:21")},
		"centos7": {"centos7", "", time.Time{}, at("2016-05-12 08:31:40")},
		"sierra":  {"sierra", "10.12.1", at("2016-10-15 07:04:00"), at("2016-10-15 04:58:11")},
	}
})

// maker is who signs a family of binaries.
type maker struct {
	company, publisher, issuer, product string
}

var (
	noMaker   = maker{}
	microsoft = maker{"Microsoft Corporation", "Microsoft Corporation", "Microsoft Windows Production PCA 2011", "Microsoft® Windows® Operating System"}
	office    = maker{"Microsoft Corporation", "Microsoft Corporation", "Microsoft Code Signing PCA", "Microsoft Office 2013"}
	google    = maker{"Google Inc.", "Google Inc", "VeriSign Class 3 Code Signing 2010 CA", "Google Chrome"}
	adobe     = maker{"Adobe Systems Incorporated", "Adobe Systems, Incorporated", "Symantec Class 3 Extended Validation Code Signing CA", "Adobe Acrobat"}
	carbon    = maker{"Carbon Black, Inc.", "Carbon Black, Inc.", "VeriSign Class 3 Code Signing 2010 CA", "Carbon Black Sensor"}
	sysint    = maker{"Sysinternals - www.sysinternals.com", "Microsoft Corporation", "Microsoft Code Signing PCA", "Sysinternals"}
	oracle    = maker{"Oracle Corporation", "Oracle America, Inc.", "Symantec Class 3 SHA256 Code Signing CA", "Java Platform SE 8"}
	mozilla   = maker{"Mozilla Corporation", "Mozilla Corporation", "DigiCert SHA2 Assured ID Code Signing CA", "Firefox"}
	apple     = maker{"Apple Inc.", "Software Signing", "Apple Code Signing Certification Authority", "macOS"}
	winrar    = maker{"Alexander Roshal", "win.rar GmbH", "Thawte Code Signing CA - G2", "WinRAR"}
)

// entry is what is known about a file name.
type entry struct {
	made        maker
	description string
	version     string // "" for the release's own
	signed      string // date of signing, "" for the release's own
	signature   Signature
	virusTotal  int
	trust       int
	alias       string // another name with the same bytes
	noCopy      bool
	md5         string
}

// catalog makes the binaries as they are first needed and keeps them.
type catalog struct {
	binaries map[string]*Binary // by release and name, or by name alone for what is the same everywhere
}

// program gives the binary of a program by its path on an endpoint, nil for what has none.
func (c *catalog) program(e *Endpoint, path string) *Binary { return c.get(e, path, true) }

// library gives the binary of a library by its path on an endpoint.
func (c *catalog) library(e *Endpoint, path string) *Binary { return c.get(e, path, false) }

func (c *catalog) get(e *Endpoint, path string, program bool) *Binary {
	name := base(path)
	if e.Platform == Windows {
		name = strings.ToLower(name)
	}
	if name == "" {
		return nil
	}
	known, own := entries()[name+"@"+e.release.name]
	if !own {
		known = entries()[name]
	}
	if known.alias != "" {
		name = known.alias
		known = entries()[name]
	}
	key := name
	if known.version == "" {
		key = e.release.name + "/" + name
	}
	if b := c.binaries[key]; b != nil {
		return b
	}
	b := known.binary(e, name, key, program)
	c.binaries[key] = b
	return b
}

// binary makes the binary that an entry describes.
func (k entry) binary(e *Endpoint, name, key string, program bool) *Binary {
	r := newRandom("binary " + key)
	b := &Binary{
		MD5: k.md5, Name: name, Platform: e.Platform, Executable: program, X64: e.release.name != "win7" || r.chance(60),
		Description: k.description, VirusTotal: k.virusTotal, Trust: k.trust, NoCopy: k.noCopy,
		Version: cmp.Or(k.version, e.release.version), Compiled: e.release.built,
		size: 512 * r.between(12, 90), seed: key,
	}
	made := k.made
	if made == noMaker && k.version == "" {
		made = systemMaker(e)
		b.Trust = cmp.Or(b.Trust, 10)
	}
	b.Company, b.Product = made.company, made.product
	b.Publisher, b.Issuer, b.Subject = made.publisher, made.issuer, made.publisher
	if made.company != "" && e.Platform == Windows {
		b.Original, b.Copyright = name, "© "+made.company+". All rights reserved."
	}
	b.SignTime = e.release.signed
	if k.signed != "" {
		b.SignTime = at(k.signed)
		b.Compiled = b.SignTime.Add(-r.span(time.Hour, 40*time.Hour)).Truncate(time.Second)
	}
	b.Signature = cmp.Or(k.signature, Signed)
	if made.publisher == "" || b.SignTime.IsZero() {
		b.Signature = cmp.Or(k.signature, Unsigned)
	}
	if b.Signature == Unsigned {
		b.SignTime, b.Publisher, b.Issuer, b.Subject = time.Time{}, "", "", ""
	}
	b.identify()
	return b
}

func systemMaker(e *Endpoint) maker {
	switch e.Platform {
	case Windows:
		return microsoft
	case MacOS:
		return apple
	}
	return noMaker
}

// settle notes where and when each binary was seen and puts the binaries into the story.
func (c *catalog) settle(s *Story) {
	for _, p := range s.Processes {
		for _, m := range p.Modloads {
			m.Binary.seen(p.Endpoint, m.Path, m.Time)
		}
		for _, f := range p.Filemods {
			if b := s.lookup(c, f.MD5); b != nil {
				b.seen(p.Endpoint, f.Path, f.Time)
			}
		}
	}
	for _, b := range c.binaries {
		if b.FirstSeen.IsZero() {
			continue // described but never met
		}
		slices.SortFunc(b.Endpoints, func(a, b *Endpoint) int { return a.ID - b.ID })
		s.binaries[b.MD5] = b
		s.Binaries = append(s.Binaries, b)
	}
	slices.SortFunc(s.Binaries, func(a, b *Binary) int {
		return cmp.Or(a.FirstSeen.Compare(b.FirstSeen), cmp.Compare(a.MD5, b.MD5))
	})
}

// lookup finds a binary by hash before the story's own index is complete.
func (s *Story) lookup(c *catalog, md5 string) *Binary {
	if md5 == "" {
		return nil
	}
	if s.binaries[md5] == nil {
		for _, b := range c.binaries {
			if b.MD5 == md5 {
				s.binaries[md5] = b
			}
		}
	}
	return s.binaries[md5]
}

// seen notes one sighting.
func (b *Binary) seen(e *Endpoint, path string, when time.Time) {
	if b.FirstSeen.IsZero() || when.Before(b.FirstSeen) {
		b.FirstSeen = when
	}
	if when.After(b.LastSeen) {
		b.LastSeen = when
	}
	if !slices.Contains(b.Endpoints, e) {
		b.Endpoints = append(b.Endpoints, e)
	}
	if len(b.Paths) < 20 && !slices.Contains(b.Paths, path) {
		b.Paths = append(b.Paths, path)
	}
}
