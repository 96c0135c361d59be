package story

import (
	"net/netip"
	"time"
)

// Report is what a source of threat intelligence knows about one thing.
type Report struct {
	Feed      string // short name of the source, letters and digits
	ID        string
	Title     string
	Link      string
	Text      string
	Score     int // 0 to 100
	Time      time.Time
	Tags      []string
	MD5s      []string
	Domains   []string
	Addresses []netip.Addr
}

// Hit is an indicator of a report that was met.
type Hit struct {
	Report *Report
	Type   string // "md5", "dns" or "ipv4"
	Value  string
}

// intel writes the reports, once the binaries that they name are known.
func (t *teller) intel() {
	md5 := func(name string) string { return t.files.program(t.story.Endpoints[13], name).MD5 }
	address := func(s string) netip.Addr { return netip.MustParseAddrPort(s).Addr() }
	t.story.Reports = []*Report{
		{
			Feed: "bwintel", ID: "invoice-2016-11", Title: "Invoice mails with macro documents, November 2016", Score: 90,
			Link: "https://intel.brightwater.example/reports/invoice-2016-11", Time: day(11, 8, 40), Tags: []string{"phishing", "dropper"},
			Text: "Mails with invoices as macro documents. The macro fetches a dropper, which installs a beacon.",
			MD5s: []string{md5("svch0st.exe"), md5("wmihost.exe")}, Domains: []string{mailerDomain, beaconDomain},
			Addresses: []netip.Addr{address(mailerAddr), address(beaconAddr)},
		},
		{
			Feed: "bwintel", ID: "syncbox-exfil", Title: "File sharing service used to carry out data", Score: 70,
			Link: "https://intel.brightwater.example/reports/syncbox-exfil", Time: day(11, 20, 15), Tags: []string{"exfiltration"},
			Text: "A file sharing service that takes uploads without an account.", Domains: []string{dropDomain},
			Addresses: []netip.Addr{address(dropAddr)},
		},
		{
			Feed: "toolwatch", ID: "mimikatz", Title: "Mimikatz", Score: 100, Link: "https://toolwatch.example/mimikatz", Time: day(1, 0, 0),
			Tags: []string{"credentials"}, Text: "A tool that reads passwords from memory.", MD5s: []string{md5("m64.exe")},
		},
		{
			Feed: "toolwatch", ID: "psexec", Title: "PsExec", Score: 30, Link: "https://toolwatch.example/psexec", Time: day(1, 0, 0),
			Tags: []string{"admintool"}, Text: "A tool that runs programs on other computers.",
			MD5s: []string{md5("psexec.exe"), md5("psexesvc.exe")},
		},
		{
			Feed: "webshells", ID: "k-4444", Title: "Back door that calls port 4444", Score: 80, Link: "https://webshells.example/k-4444", Time: day(10, 12, 0),
			Tags: []string{"linux"}, Text: "A back door left on web servers.", Addresses: []netip.Addr{netip.MustParseAddr("198.51.100.23")},
		},
	}
}

// Hits gives the indicators that the image or the events of a process meet, each once, in the order of the reports.
func (s *Story) Hits(image *Binary, e *Events) []Hit {
	var hits []Hit
	for _, r := range s.Reports {
		if image != nil {
			hits = r.add(hits, "md5", image.MD5, r.MD5s)
		}
		for _, f := range e.Filemods {
			if f.MD5 != "" {
				hits = r.add(hits, "md5", f.MD5, r.MD5s)
			}
		}
		for _, n := range e.Netconns {
			if n.Domain != "" {
				hits = r.add(hits, "dns", n.Domain, r.Domains)
			}
			for _, a := range r.Addresses {
				if a == n.Remote.Addr() {
					hits = r.add(hits, "ipv4", a.String(), []string{a.String()})
				}
			}
		}
	}
	return hits
}

// add appends a hit if the value is among the indicators and was not met before.
func (r *Report) add(hits []Hit, typ, value string, indicators []string) []Hit {
	for _, i := range indicators {
		if i != value {
			continue
		}
		h := Hit{r, typ, value}
		for _, old := range hits {
			if old == h {
				return hits
			}
		}
		return append(hits, h)
	}
	return hits
}
