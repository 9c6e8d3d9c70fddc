/// The page's look, on a screen of any width and on paper.
enum PageStyle {
    static let css = """

        :root{--ink:#1c2733;--soft:#52606d;--faint:#7b8794;--line:#e1e6eb;--accent:#0b6e99;--wash:#f4f7f9}
        *{box-sizing:border-box}
        html{scroll-padding-top:3.4rem}
        body{margin:0;color:var(--ink);background:#fff;font:15px/1.5 system-ui,-apple-system,"Segoe UI",\
        Roboto,"Helvetica Neue",sans-serif;-webkit-text-size-adjust:100%}
        header,main{max-width:1180px;margin:0 auto;padding:0 24px}
        header{padding-top:34px}
        h1{font-size:1.9rem;line-height:1.2;margin:0;letter-spacing:-.015em;overflow-wrap:anywhere}
        header p{margin:.35rem 0 1rem;color:var(--soft)}
        nav{display:flex;flex-wrap:wrap;gap:4px 6px;padding:10px 0;border-top:1px solid var(--line);\
        border-bottom:1px solid var(--line)}
        nav a{color:var(--accent);text-decoration:none;font-size:.86rem;padding:2px 9px;border-radius:99px;\
        background:var(--wash)}
        nav a:hover{background:#dcebf2}
        section{padding:30px 0 8px}
        h2{font-size:1.3rem;margin:0 0 .3rem;letter-spacing:-.01em}
        h3{font-size:1rem;margin:1.3rem 0 .4rem}
        .look{color:var(--soft);max-width:74ch;margin:0 0 1rem}
        .hint{color:var(--faint);font-size:.84rem;margin:.5rem 0 0}
        .note{color:var(--faint);font-size:.84rem;margin:.4rem 0;max-width:90ch}
        .warning{border-left:3px solid #d55e00;padding:.2rem .8rem;margin:.4rem 0;background:#fdf4ee}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(122px,1fr));gap:10px;\
        margin:0 0 1.1rem}
        .tile{background:var(--wash);border-radius:10px;padding:12px 14px}
        .tile b{display:block;font-size:1.55rem;line-height:1.25;font-weight:650;\
        font-variant-numeric:tabular-nums;letter-spacing:-.01em}
        .tile span{color:var(--soft);font-size:.84rem}
        .panel{margin:0 0 1rem}
        .controls{display:flex;flex-wrap:wrap;gap:8px 18px;margin:0 0 .5rem}
        .control{display:flex;flex-wrap:wrap;gap:4px;align-items:center;font-size:.86rem}
        .control>span{color:var(--soft);margin-right:4px}
        .control button,.control select{font:inherit;color:var(--ink);border:1px solid #c9d1d9;\
        background:#fff;border-radius:7px;padding:3px 10px;max-width:100%;cursor:pointer}
        .control button[aria-pressed=true]{background:var(--accent);border-color:var(--accent);color:#fff}
        .control button:focus-visible,.control select:focus-visible,a:focus-visible{outline:2px solid #56b4e9;\
        outline-offset:1px}
        .chosen{display:none}
        .charts{display:grid;gap:14px 22px;grid-template-columns:minmax(0,1fr)}
        .charts.two{grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr))}
        .charts.many{grid-template-columns:repeat(auto-fit,minmax(min(100%,270px),1fr))}
        figure{margin:0;min-width:0}
        figcaption{font-weight:600;font-size:.9rem;margin:0 0 2px;overflow-wrap:anywhere}
        div.plot{width:100%;min-width:0}
        .scroll{overflow-x:auto;margin:0 0 1rem}
        table{border-collapse:collapse;font-size:.86rem;font-variant-numeric:tabular-nums}
        th,td{text-align:left;padding:4px 20px 4px 0;border-bottom:1px solid var(--line);white-space:nowrap;\
        vertical-align:top}
        th{color:var(--soft);font-weight:600}
        .number{text-align:right}
        summary{cursor:pointer;color:var(--accent);font-size:.9rem;margin:.3rem 0}
        td i{font-style:normal;color:var(--faint);margin-left:.45em}
        a{color:var(--accent)}
        dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:1px 16px;font-size:.86rem;margin:0}
        dt{color:var(--soft)}
        dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
        .columns{columns:290px;column-gap:34px}
        .columns div{break-inside:avoid}.columns h3{padding-top:.6rem;margin-top:0}
        code{font-size:.86em;display:inline-block;width:33ch;white-space:normal;overflow-wrap:anywhere}
        @media(max-width:560px){header,main{padding:0 14px}header{padding-top:20px}h1{font-size:1.45rem}\
        nav{flex-wrap:nowrap;overflow-x:auto}nav a{white-space:nowrap}\
        .tiles{grid-template-columns:repeat(2,minmax(0,1fr))}.tile b{font-size:1.25rem}}
        .paper header,.paper main{width:680px;max-width:none;padding:0;margin:0}
        .paper .charts.two{grid-template-columns:repeat(2,minmax(0,1fr))}
        .paper .charts.many{grid-template-columns:repeat(3,minmax(0,1fr))}
        @media print{
        @page{margin:14mm}
        body{font-size:10.5pt}
        nav,.controls,.modebar,.hint{display:none!important}
        .chosen{display:block;color:var(--soft);font-size:.84rem;margin:0 0 .3rem}
        section{padding:14px 0 0;break-before:auto}
        figure,.tiles,.tile,.look,tr,dl{break-inside:avoid}
        h2,h3,.look,.chosen,figcaption,thead{break-after:avoid}
        .scroll{overflow:visible}
        table{font-size:8pt}
        .tile,.warning{-webkit-print-color-adjust:exact;print-color-adjust:exact}
        a{color:inherit;text-decoration:none}
        }

        """
}
