// Checks an exported log with the libraries of the Go checksum database: golang.org/x/mod/sumdb/note and tlog.
//
//	go run main.go VKEY DIR        every entry, tile and the tree of the signed checkpoint
//	go run main.go VKEY DIR PROOF  a .tlog-proof of one entry
//
// It knows nothing of Kansa: directories in the layout of c2sp.org/tlog-tiles, signed notes, proofs of RFC 6962.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type reader struct{ dir string }

func (r reader) Height() int { return 8 }

func (r reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		// tlog-tiles has no height in its paths
		path := strings.Replace(t.Path(), "tile/8/", "tile/", 1)
		d, err := os.ReadFile(filepath.Join(r.dir, path))
		if err != nil {
			return nil, err
		}
		data[i] = d
	}
	return data, nil
}

func (r reader) SaveTiles([]tlog.Tile, [][]byte) {}

func check(err error) {
	if err != nil {
		fmt.Println("REFUSED:", err)
		os.Exit(1)
	}
}

func opened(signed []byte, vkey string) tlog.Tree {
	verifier, err := note.NewVerifier(vkey)
	check(err)
	n, err := note.Open(signed, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(n.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: root}
}

func entries(dir string, size int64) [][]byte {
	var found [][]byte
	for at := int64(0); at < size; at += 256 {
		width := size - at
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: 8, L: -1, N: at / 256, W: int(width)}
		path := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(dir, path))
		check(err)
		for len(bundle) > 0 {
			length := int(binary.BigEndian.Uint16(bundle))
			if len(bundle) < 2+length {
				check(fmt.Errorf("%s is cut off", path))
			}
			found = append(found, bundle[2:2+length])
			bundle = bundle[2+length:]
		}
	}
	if int64(len(found)) != size {
		check(fmt.Errorf("%d entries, not %d", len(found), size))
	}
	return found
}

func proof(path, dir string, vkey string) {
	data, err := os.ReadFile(path)
	check(err)
	head, signed, _ := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		check(fmt.Errorf("no proof: %q", lines[0]))
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	check(err)
	var hashes tlog.RecordProof
	for _, line := range lines[2:] {
		raw, err := base64.StdEncoding.DecodeString(line)
		check(err)
		var h tlog.Hash
		copy(h[:], raw)
		hashes = append(hashes, h)
	}
	tree := opened([]byte(signed), vkey)
	whole, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	check(err)
	all := entries(dir, opened(whole, vkey).N)
	check(tlog.CheckRecord(hashes, tree.N, tree.Hash, index, tlog.RecordHash(all[index])))
}

func main() {
	vkey, dir := os.Args[1], os.Args[2]
	if len(os.Args) > 3 {
		proof(os.Args[3], dir, vkey)
		fmt.Println("ok")
		return
	}
	signed, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	check(err)
	tree := opened(signed, vkey)
	hashes := tlog.TileHashReader(tree, reader{dir})
	for i, entry := range entries(dir, tree.N) {
		p, err := tlog.ProveRecord(tree.N, int64(i), hashes)
		check(err)
		check(tlog.CheckRecord(p, tree.N, tree.Hash, int64(i), tlog.RecordHash(entry)))
	}
	for n := int64(1); n < tree.N; n += 1 + tree.N/16 {
		p, err := tlog.ProveTree(tree.N, n, hashes)
		check(err)
		root, err := tlog.TreeHash(n, hashes)
		check(err)
		check(tlog.CheckTree(p, tree.N, tree.Hash, n, root))
	}
	fmt.Println("ok", tree.N)
}
