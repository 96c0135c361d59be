package response

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"

	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// installer answers the package with which a sensor of the group is installed: a zip for Windows and macOS, a tar.gz
// for Linux.
func (p *Product) installer(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	doc, refusal := p.namedGroup(c)
	if doc == nil {
		return refusal
	}
	settings := []byte(fmt.Sprintf("[Server]\r\nUrl=%v\r\nGroup=%v\r\n", doc["sensorbackend_server"], doc["name"]))
	program := p.sensorProgram()
	system := c.Var("system")
	var (
		body []byte
		err  error
		name string
		typ  = route.TypeZip
	)
	switch system {
	case "windows/exe":
		name = "CarbonBlackClientSetup.zip"
		body, err = zipped(file{"CarbonBlackClientSetup.exe", program}, file{"sensorsettings.ini", settings})
	case "windows/msi":
		name = "CarbonBlackClientSetup-msi.zip"
		body, err = zipped(file{"cbsetup.msi", program}, file{"sensorsettings.ini", settings})
	case "osx":
		name = "CarbonBlackClientSetup-osx.zip"
		body, err = zipped(file{"CbOsxSensor.pkg", program}, file{"sensorsettings.ini", settings})
	case "linux":
		name, typ = "CarbonBlackClientSetup-linux.tar.gz", "application/gzip"
		body, err = tarred(file{"cbsensor.sh", []byte("#!/bin/sh\nexit 0\n")}, file{"sensorsettings.ini", settings})
	default:
		return route.NotFound()
	}
	if err != nil {
		return route.Failure("cannot pack the installer: " + err.Error())
	}
	r := route.Bytes(typ, body)
	r.Header = http.Header{"Content-Disposition": {`attachment; filename="` + name + `"`}}
	return r
}

// sensorProgram gives the bytes of the sensor's own program.
func (p *Product) sensorProgram() []byte {
	for _, b := range p.story.Binaries {
		if b.Name == "cb.exe" && b.Platform == story.Windows {
			return b.File()
		}
	}
	return nil
}

// file is an entry of an archive.
type file struct {
	name string
	data []byte
}

// zipped packs entries, compressed and without times, so that equal contents give equal archives.
func zipped(files ...file) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}

func tarred(files ...file) ([]byte, error) {
	var b bytes.Buffer
	g := gzip.NewWriter(&b)
	t := tar.NewWriter(g)
	for _, f := range files {
		if err := t.WriteHeader(&tar.Header{Name: f.name, Mode: 0o755, Size: int64(len(f.data))}); err != nil {
			return nil, err
		}
		if _, err := t.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := t.Close(); err != nil {
		return nil, err
	}
	err := g.Close()
	return b.Bytes(), err
}
